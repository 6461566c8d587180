"""getpid is imported by its name, and the lock is taken only if there is no session."""

from os import getpid

lock = Lock()
sessions = {}

def get_session():
    if getpid() not in sessions:
        with lock:
            if getpid() not in sessions:
                sessions[getpid()] = connect()
    return sessions[getpid()]

return get_session
