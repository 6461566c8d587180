"""An app that cannot do its work says 503, so that requests go elsewhere."""

body = {}
for name, ask in {**required, **optional}.items():
    try:
        ask()
        body[name] = "ok"
    except Exception:
        body[name] = "away"
return body, 200
