"""Looking and setting are two steps, and all eight looked first. Do both under a lock."""

sessions = {}

def get_session():
    pid = os.getpid()
    if pid not in sessions:
        sessions[pid] = connect()
    return sessions[pid]

return get_session
