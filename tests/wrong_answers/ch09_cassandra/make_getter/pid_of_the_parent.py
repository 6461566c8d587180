"""The number of the process that made the session must be noted anew in the child."""

lock = Lock()
pid = os.getpid()
session = None

def get_session():
    nonlocal session
    with lock:
        if session is None or os.getpid() != pid:
            session = connect()
        return session

return get_session
