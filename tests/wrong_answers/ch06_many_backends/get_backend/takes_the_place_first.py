"""The place was taken before the name was looked up. Look it up first."""

backends = g.setdefault("backends", {})
if name not in backends:
    backends[name] = None
    if name not in current_app.extensions["factories"]:
        raise LookupError(", ".join(current_app.extensions["factories"]))
    backends[name] = current_app.extensions["factories"][name]()
return backends[name]
