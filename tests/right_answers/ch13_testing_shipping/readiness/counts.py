"""keeps the status while it goes along"""

from contextlib import suppress

body, status = {}, 200
for group in (required, optional):
    for name in group:
        body[name] = "away"
        with suppress(Exception):
            group[name]()
            body[name] = "ok"
        if group is required and body[name] == "away":
            status = 503
return body, status
