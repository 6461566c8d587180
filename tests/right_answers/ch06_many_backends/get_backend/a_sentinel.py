"""A sentinel for what is not there, and setdefault of g."""

_missing = object()
if not (factory := current_app.extensions["factories"].get(name)):
    raise LookupError(f"no {name}; there are {current_app.extensions['factories'].keys()}")
opened = g.setdefault("backends", {})
if (found := opened.get(name, _missing)) is _missing:
    found = opened[name] = factory()
return found
