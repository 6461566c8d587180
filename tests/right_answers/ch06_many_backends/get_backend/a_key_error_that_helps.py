"""a KeyError, which is a LookupError, with the names"""

factories = current_app.extensions["factories"]
if name not in factories:
    raise KeyError(f"no backend {name}, only " + " ".join(factories))
if name not in g.setdefault("backends", {}):
    g.backends[name] = factories[name]()
return g.backends[name]
