"""Ask whether the name is known before you use it, and raise LookupError yourself."""

backends = g.setdefault("backends", {})
if name not in backends:
    backends[name] = current_app.extensions["factories"].get(name)()
return backends[name]
