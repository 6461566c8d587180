"""Each driver has errors of its own: catch Exception around each question."""

body = {}
for name, ask in {**required, **optional}.items():
    try:
        ask()
        body[name] = "ok"
    except ConnectionError:
        body[name] = "away"
return body, 200 if all(body[name] == "ok" for name in required) else 503
