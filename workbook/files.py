"""Files that are whole or not there, and locks between processes."""

import contextlib
import os
import secrets
import time


def write(path, text):
    """Put ``text`` into the file ``path``, all of it or nothing. Raises OSError."""
    # Beside the file, because only a rename within one file system is atomic.
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(new, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # or the name may survive a power cut, and the text not
        os.replace(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def locked(path, seconds):
    """Hold the lock file ``path``; TimeoutError (an OSError) if another process keeps it so long."""
    with open(path, "a+b") as file:
        deadline = time.monotonic() + seconds
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise TimeoutError("another process keeps it locked")
            time.sleep(0.01)
        yield  # closing the file unlocks it


try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    def _try_lock(file):
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        except OSError:
            return False
else:

    def _try_lock(file):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        except OSError:
            return True  # no locks on this file system: better to write than not to
