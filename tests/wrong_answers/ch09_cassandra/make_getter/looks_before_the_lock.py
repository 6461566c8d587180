"""They wait for the lock, and then each makes a session. Look again under the lock."""

lock = Lock()
sessions = {}

def get_session():
    pid = os.getpid()
    if pid not in sessions:
        with lock:
            sessions[pid] = connect()
    return sessions[pid]

return get_session
