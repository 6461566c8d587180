"""What is not in g.backends is never closed. Put each backend in beside the others."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(", ".join(sorted(factories)))
if name not in g.get("backends", {}):
    g.backends = {name: factories[name]()}
return g.backends[name]
