"""The app has a handler for the driver's errors, a 503. Another type is a 500: let it through."""

lock = Lock()
sessions = {}

def get_session():
    with lock:
        if os.getpid() not in sessions:
            try:
                sessions[os.getpid()] = connect()
            except Exception as error:
                raise RuntimeError("no database") from error
        return sessions[os.getpid()]

return get_session
