"""Who comes while the client is made waits for it: hold the lock until it is there. `with lock:` waits."""

if lock.acquire(blocking=False):
    try:
        if "client" not in app.extensions:
            app.extensions["client"] = make()
    finally:
        lock.release()
return app.extensions.get("client")
