"""A status is a number."""

result = {}
for name, ask in (required | optional).items():
    try:
        ask()
        result[name] = "ok"
    except Exception:
        result[name] = "away"
return result, "503" if any(result[n] == "away" for n in required) else "200"
