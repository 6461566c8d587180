"""Without an optional one the app works on: it is reported, and costs no readiness."""

body = {}
for name, ask in {**required, **optional}.items():
    try:
        ask()
        body[name] = "ok"
    except Exception:
        body[name] = "away"
return body, 503 if "away" in body.values() else 200
