"""Who finds the lock taken waits for it. `with lock:` waits."""

if lock.acquire(blocking=False):
    try:
        if "client" not in app.extensions:
            app.extensions["client"] = make()
    finally:
        lock.release()
return app.extensions.get("client")
