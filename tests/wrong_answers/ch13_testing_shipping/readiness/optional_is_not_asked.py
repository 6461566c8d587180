"""A probe that returns is ok, whatever it returns. Only one that raises is away."""

body = {}
for name, ask in required.items():
    try:
        ask()
        body[name] = "ok"
    except Exception:
        body[name] = "away"
return body, 503 if "away" in body.values() else 200
