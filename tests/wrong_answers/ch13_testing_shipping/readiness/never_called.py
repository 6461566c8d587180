"""One that raises is away. Is its function called, with ()?"""

result = {}
for name, ask in (required | optional).items():
    result[name] = "ok" if ask else "away"
return result, 503 if any(result[n] == "away" for n in required) else 200
