"""get() for the factory, and setdefault at the end"""

opened = g.setdefault("backends", {})
if name in opened:
    return opened[name]
if (factory := current_app.extensions["factories"].get(name)) is None:
    raise LookupError(f"{name}? There are {sorted(current_app.extensions['factories'])}.")
return opened.setdefault(name, factory())
