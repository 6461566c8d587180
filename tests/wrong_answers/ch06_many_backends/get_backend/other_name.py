"""The teardown looks into g.backends: use that name."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
if name not in g:
    setattr(g, name, factories[name]())
return getattr(g, name)
