"""Return what connect() returned: a plain function, without yield, async or a wrapping."""

lock = Lock()
sessions = {}


def get_session():
    with lock:
        if os.getpid() not in sessions:
            sessions[os.getpid()] = connect()
    yield sessions[os.getpid()]


return get_session
