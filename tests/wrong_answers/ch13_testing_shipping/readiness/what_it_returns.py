"""A probe that returns is ok, whatever it returns. Only one that raises is away."""

body = {}
for name, ask in {**required, **optional}.items():
    try:
        fine = ask()
        body[name] = "ok" if fine else "away"
    except Exception:
        body[name] = "away"
return body, 200 if all(body[name] == "ok" for name in required) else 503
