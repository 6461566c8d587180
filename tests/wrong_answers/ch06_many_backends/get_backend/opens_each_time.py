"""Keep what the factory returned in g.backends, and look there before you open."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
return factories[name]()
