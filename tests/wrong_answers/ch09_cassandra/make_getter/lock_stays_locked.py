"""The lock is still locked. `with lock:` also unlocks it when something raises."""

lock = Lock()
sessions = {}

def get_session():
    lock.acquire()
    pid = os.getpid()
    if pid not in sessions:
        sessions[pid] = connect()
    lock.release()
    return sessions[pid]

return get_session
