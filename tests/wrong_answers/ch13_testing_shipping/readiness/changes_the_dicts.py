"""The dicts are the caller's: at the next call the optional ones would be required. Merge them anew."""

names = list(required)
required.update(optional)
result = {}
for name, ask in required.items():
    try:
        ask()
        result[name] = "ok"
    except Exception:
        result[name] = "away"
return result, 503 if any(result[n] == "away" for n in names) else 200
