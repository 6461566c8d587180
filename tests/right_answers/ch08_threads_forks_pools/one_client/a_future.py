"""who comes meanwhile waits for a Future, without the lock"""

from concurrent.futures import Future
with lock:
    if "client" in app.extensions:
        return app.extensions["client"]
    future = app.extensions.get("client future")
    first = future is None
    if first:
        future = app.extensions["client future"] = Future()
if first:
    try:
        client = make()
    except BaseException as error:
        with lock:
            del app.extensions["client future"]
        future.set_exception(error)
    else:
        app.extensions["client"] = client
        future.set_result(client)
return future.result()
