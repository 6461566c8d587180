"""500 says that the app has failed. This one only has to wait: 503."""

body = {}
for name, ask in {**required, **optional}.items():
    try:
        ask()
        body[name] = "ok"
    except Exception:
        body[name] = "away"
return body, 200 if "away" not in body.values() else 500
