"""A backend may be empty, or refuse to say. Ask whether the name is in g.backends."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no {name}; there are {sorted(factories)}")
backends = g.setdefault("backends", {})
backends[name] = backends.get(name) or factories[name]()
return backends[name]
