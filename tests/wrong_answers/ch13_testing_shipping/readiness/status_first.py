"""The dict comes first, and then the status."""

result = {}
for name, ask in (required | optional).items():
    try:
        ask()
        result[name] = "ok"
    except Exception:
        result[name] = "away"
return (503 if any(result[n] == "away" for n in required) else 200), result
