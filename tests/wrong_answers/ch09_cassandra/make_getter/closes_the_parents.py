"""Both processes hold the same sockets: a goodbye from the child ends the parent's session too."""

lock = Lock()
session = pid = None

def get_session():
    nonlocal session, pid
    with lock:
        if pid != os.getpid():
            if session is not None:
                session.cluster.shutdown()
            session, pid = connect(), os.getpid()
        return session

return get_session
