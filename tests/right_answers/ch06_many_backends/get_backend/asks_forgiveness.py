"""Looks first, and asks for the factory in a try that holds nothing else."""

if "backends" not in g:
    g.backends = {}
try:
    return g.backends[name]
except KeyError:
    pass
factories = current_app.extensions["factories"]
try:
    factory = factories[name]
except KeyError:
    raise LookupError(f"{name!r} is none of {sorted(factories)}") from None
g.backends[name] = factory()
return g.backends[name]
