"""looks outside of the lock first, and again inside"""

client = app.extensions.get("client")
if client is None:
    with lock:
        client = app.extensions.get("client")
        if client is None:
            client = app.extensions["client"] = make()
return client
