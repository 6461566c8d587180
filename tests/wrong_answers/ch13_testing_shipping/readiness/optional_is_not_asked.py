"""The optional ones are asked as well: the body says how each of them is."""

body = {}
for name, ask in required.items():
    try:
        ask()
        body[name] = "ok"
    except Exception:
        body[name] = "away"
return body, 503 if "away" in body.values() else 200
