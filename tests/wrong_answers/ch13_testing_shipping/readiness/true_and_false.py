"""The body has two words: "ok" and "away". What else is known belongs in the log."""

result = {}
for name, ask in (required | optional).items():
    try:
        ask()
        result[name] = True
    except Exception:
        result[name] = False
return result, 200 if all(result[n] for n in required) else 503
