"""Follow every way through the function: each must return the backend."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
backends = g.setdefault("backends", {})
if name not in backends:
    backends[name] = factories[name]()
    return backends[name]
