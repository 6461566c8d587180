"""Nothing is gained by that, and with many a driver it would end the parent's connection. Leave it alone, and make one."""

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
