"""A subclass of LookupError, and get with a default."""

class UnknownBackend(LookupError):
    pass

factory = current_app.extensions["factories"].get(name)
if factory is None:
    raise UnknownBackend("there are " + " and ".join(current_app.extensions["factories"]))
backends = g.setdefault("backends", {})
if name in backends:
    return backends[name]
return backends.setdefault(name, factory())
