"""Keep what connect() returned, and look there first."""

lock = Lock()

def get_session():
    with lock:
        return connect()

return get_session
