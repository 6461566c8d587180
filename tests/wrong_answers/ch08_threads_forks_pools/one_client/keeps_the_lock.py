"""The lock was not released when make() raised. `with lock:` releases it always."""

lock.acquire()
if "client" not in app.extensions:
    app.extensions["client"] = make()
lock.release()
return app.extensions["client"]
