"""The teardown asks g.backends for names and for what belongs to them. Make it a dict."""

factories = current_app.extensions["factories"]
if name not in factories:
    raise LookupError(", ".join(sorted(factories)))
backends = g.setdefault("backends", [])
for known, backend in backends:
    if known == name:
        return backend
backends.append((name, factories[name]()))
return backends[-1][1]
