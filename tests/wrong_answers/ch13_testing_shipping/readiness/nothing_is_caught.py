"""Each driver has errors of its own: catch Exception around each question."""

body = {name: "ok" if ask() is None else "away" for name, ask in {**required, **optional}.items()}
return body, 200
