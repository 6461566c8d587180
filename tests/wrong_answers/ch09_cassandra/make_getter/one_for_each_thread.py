"""Threads may share a session: that is what it is for. Keep it where all of them find it."""

from threading import local

kept = local()

def get_session():
    if getattr(kept, "pid", None) != os.getpid():
        kept.session, kept.pid = connect(), os.getpid()
    return kept.session

return get_session
