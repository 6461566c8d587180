"""A global is shared by all apps of the process, and two apps may have one name. Keep the client with its app."""

global client
with lock:
    if "client" not in globals():
        client = make()
    return client
