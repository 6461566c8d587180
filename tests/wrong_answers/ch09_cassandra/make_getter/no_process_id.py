"""The thread that serves it has stayed in the parent. Keep the session together with os.getpid()."""

lock = Lock()
session = None

def get_session():
    nonlocal session
    with lock:
        if session is None:
            session = connect()
        return session

return get_session
