"""A bare except, and a return in finally, catch KeyboardInterrupt and SystemExit as well. Name Exception."""

result, status = {}, 200
for name, ask in {**required, **optional}.items():
    try:
        ask()
        result[name] = "ok"
    except:
        result[name] = "away"
        if name in required:
            status = 503
return result, status
