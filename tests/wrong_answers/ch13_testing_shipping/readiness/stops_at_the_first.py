"""The first one is away. Ask the others all the same, and say how each of them is."""

body = {}
try:
    for name, ask in {**required, **optional}.items():
        body[name] = "away"
        ask()
        body[name] = "ok"
except Exception:
    pass
return body, 200 if all(body.get(name) == "ok" for name in required) else 503
