"""One place in g for all of them is too few. Keep them by name."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
if "backend" not in g:
    g.backend = factories[name]()
return g.backend
