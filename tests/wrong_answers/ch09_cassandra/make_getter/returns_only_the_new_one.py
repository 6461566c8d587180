"""Follow every way through get_session: each one must end with the session."""

lock = Lock()
sessions = {}

def get_session():
    with lock:
        pid = os.getpid()
        if pid not in sessions:
            sessions[pid] = connect()
            return sessions[pid]

return get_session
