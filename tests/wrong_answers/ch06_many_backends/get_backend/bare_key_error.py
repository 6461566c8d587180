"""The message repeats the wrong name. Say which names would have been right."""

backends = g.setdefault("backends", {})
if name not in backends:
    backends[name] = current_app.extensions["factories"][name]()
return backends[name]
