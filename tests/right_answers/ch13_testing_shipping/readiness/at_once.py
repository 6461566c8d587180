"""asks all at once, in threads"""

from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(8) as threads:
    asked = {name: threads.submit(ask) for name, ask in {**required, **optional}.items()}
body = {name: "away" if future.exception() else "ok" for name, future in asked.items()}
missing = {name for name in body if body[name] == "away"} & required.keys()
return body, 503 if missing else 200
