"""Something that outlives the context keeps the connection. g does not."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
backends = current_app.extensions.setdefault("backends", {})
if name not in backends:
    backends[name] = factories[name]()
return backends[name]
