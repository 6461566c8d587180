"""acquire() and release(), and try instead of if"""

lock.acquire()
try:
    return app.extensions["client"]
except KeyError:
    client = make()
    app.extensions["client"] = client
    return client
finally:
    lock.release()
