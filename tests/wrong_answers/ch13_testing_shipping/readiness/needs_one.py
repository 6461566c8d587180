"""Nothing is required, so nothing is missing."""

body = {}
for name, ask in {**required, **optional}.items():
    try:
        ask()
        body[name] = "ok"
    except Exception:
        body[name] = "away"
ready = bool(required)
for name in required:
    ready = ready and body[name] == "ok"
return body, 200 if ready else 503
