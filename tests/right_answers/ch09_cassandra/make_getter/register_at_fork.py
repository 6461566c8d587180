"""The session is forgotten in the child when it begins, by os.register_at_fork."""

lock = Lock()
session = None

def forget():
    nonlocal session, lock
    session, lock = None, Lock()

os.register_at_fork(after_in_child=forget)

def get_session():
    nonlocal session
    with lock:
        if session is None:
            session = connect()
        return session

return get_session
