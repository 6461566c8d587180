"""Return the function itself, without calling it."""

lock = Lock()
sessions = {}

def get_session():
    with lock:
        pid = os.getpid()
        if pid not in sessions:
            sessions[pid] = connect()
        return sessions[pid]
