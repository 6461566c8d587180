"""A property that keeps its result in the dictionary of g itself."""

def conn(self):
    if "conn" not in self:
        self.setdefault("conn", connect())
    return self.get("conn")

def keep(self, value):
    vars(self)["conn"] = value

base = app.app_ctx_globals_class
app.app_ctx_globals_class = type("LazyGlobals", (base,), {"conn": property(conn, keep)})

@app.teardown_appcontext
def close_conn(exc):
    found = g.pop("conn", None)
    if found:
        found.close()
