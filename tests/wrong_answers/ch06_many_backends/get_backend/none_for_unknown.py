"""A view would fail on that result later, far from the typing error. Raise at once."""

factories = current_app.extensions["factories"]
if name not in factories:
    return None
backends = g.setdefault("backends", {})
if name not in backends:
    backends[name] = factories[name]()
return backends[name]
