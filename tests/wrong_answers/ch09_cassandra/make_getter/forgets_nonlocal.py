"""An inner function that assigns to an outer name needs nonlocal, or a dict."""

lock = Lock()
session = pid = None

def get_session():
    with lock:
        if pid != os.getpid():
            session, pid = connect(), os.getpid()
        return session

return get_session
