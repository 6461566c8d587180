"""Ask whether the name is in the dict. The truth value of a backend says something else."""

f = current_app.extensions["factories"]
if name not in f:
    raise LookupError(f"no {name}, there are {sorted(f)}")
if "backends" not in g:
    g.backends = {}
if not g.backends.get(name):
    g.backends[name] = f[name]()
return g.backends[name]
