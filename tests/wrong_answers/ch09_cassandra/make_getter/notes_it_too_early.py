"""A failure must leave nothing behind: note the session, and the number of the process, when connect() has returned."""

lock = Lock()
session = pid = None

def get_session():
    nonlocal session, pid
    with lock:
        if pid != os.getpid():
            pid = os.getpid()
            session = connect()
        return session

return get_session
