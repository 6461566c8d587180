"""asks in a function of its own"""

def how(ask):
    try:
        ask()
    except Exception:
        return "away"
    return "ok"


body = {name: how(ask) for name, ask in (required | optional).items()}
return body, 503 if any(body[name] == "away" for name in required) else 200
