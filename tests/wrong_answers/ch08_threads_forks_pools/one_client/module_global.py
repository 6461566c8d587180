"""A global is shared by all apps of the process. Keep the client with its app."""

global client
with lock:
    if "client" not in globals():
        client = make()
    return client
