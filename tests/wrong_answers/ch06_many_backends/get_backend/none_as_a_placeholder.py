"""Keep what the factory returns after it has returned, and nothing in its place before."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
backends = g.setdefault("backends", {})
if name not in backends:
    backends[name] = None
    backends[name] = factories[name]()
return backends[name]
