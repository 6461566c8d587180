"""supposes the worst of all, and corrects it"""

body = dict.fromkeys([*required, *optional], "away")
for name, ask in [*required.items(), *optional.items()]:
    try:
        ask()
    except Exception as error:
        print(f"{name}: {error}")
    else:
        body[name] = "ok"
return (body, 503) if "away" in [body[name] for name in required] else (body, 200)
