"""Each call makes a lock that nobody else knows. One lock, made in make_getter, for all."""

sessions = {}

def get_session():
    with Lock():
        pid = os.getpid()
        if pid not in sessions:
            sessions[pid] = connect()
        return sessions[pid]

return get_session
