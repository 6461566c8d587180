"""setdefault(name, factory()) runs the factory first and asks afterwards. Ask first."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}")
return g.setdefault("backends", {}).setdefault(name, factories[name]())
