"""A lock, kept beside the statements."""

_lock = Lock()
lock = prepared.setdefault(Lock, Lock())
with lock:
    if text not in prepared:
        prepared[text] = session.prepare(text)
return session.execute(prepared[text], values)
