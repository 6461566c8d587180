"""Return two things: the body and the status."""

body = {}
for name, ask in {**required, **optional}.items():
    try:
        ask()
        body[name] = "ok"
    except Exception:
        body[name] = "away"
return body
