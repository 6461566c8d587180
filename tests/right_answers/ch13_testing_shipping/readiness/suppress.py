"""says away first, and corrects it"""

from contextlib import suppress
result = dict.fromkeys([*required, *optional], "away")
for name, ask in [*required.items(), *optional.items()]:
    with suppress(Exception):
        ask()
        result[name] = "ok"
return result, 200 if all(result[name] == "ok" for name in required) else 503
