"""Open the one that was asked for. The others wait until somebody asks for them."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
if "backends" not in g:
    g.backends = {key: factory() for key, factory in factories.items()}
return g.backends[name]
