"""What was kept for the parent is of no use there: connect, as the first call does."""

lock = Lock()
parent = os.getpid()
sessions = []

def get_session():
    with lock:
        if os.getpid() != parent:
            raise RuntimeError("a session of another process")
        if not sessions:
            sessions.append(connect())
        return sessions[0]

return get_session
