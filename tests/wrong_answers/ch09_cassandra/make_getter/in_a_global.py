"""Something outside of make_getter keeps the session. Keep it inside."""

global session, pid, lock
if "lock" not in globals():
    session, pid, lock = None, None, Lock()

def get_session():
    global session, pid
    with lock:
        if pid != os.getpid():
            session, pid = connect(), os.getpid()
        return session

return get_session
