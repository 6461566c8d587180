"""SQLite: its connections on the timeline. There is no server, so no database for a chapter either."""

import functools
import sys
import types
import weakref

SOCKETS = "sqlite3"
_places = []  # (module, name) for each name under which a module has sqlite3.connect
_read = weakref.WeakSet()  # modules that were looked through: to do it for each test takes longer than a test


def watch(recorder, sqlite3):
    """Report to a Recorder which connections the module SOCKETS opens, uses and closes.

    A connection is a C object that nothing can be hung on: apps get one of a subclass, made of
    the class that they asked for, and its cursors likewise.
    """
    original = sqlite3.connect

    @functools.wraps(original)
    def connect(*args, **kwargs):
        if len(args) > 5:  # by its place
            args = [*args[:5], watched(args[5]), *args[6:]]
        else:
            kwargs["factory"] = watched(kwargs.get("factory", sqlite3.Connection))
        conn = original(*args, **kwargs)
        if hasattr(conn, "_watched"):
            recorder.opened("sqlite", conn)
        return conn

    def watched(factory):
        if isinstance(factory, type) and issubclass(factory, sqlite3.Connection):
            return watched_connection(factory)
        return factory

    def asked(method):
        """``method`` of a connection or a cursor, that runs a statement."""

        @functools.wraps(method)
        def ask(self, *args, **kwargs):
            conn = getattr(self, "connection", self)
            try:
                # An app's own class may do it by way of another of these.
                with recorder.silent("use"):
                    result = method(self, *args, **kwargs)
            except sqlite3.ProgrammingError:
                # Another thread's, or closed: refused before the database was asked.
                raise
            except BaseException:
                recorder.used(conn)
                raise
            recorder.used(conn)
            return result

        return ask

    def subclass(base, **members):
        for name in ("execute", "executemany", "executescript"):
            members[name] = asked(getattr(base, name))
        members |= {"__module__": base.__module__, "__qualname__": base.__qualname__, "__doc__": base.__doc__}
        return type(base.__name__, (base,), members)

    @functools.cache
    def watched_cursor(base):
        return subclass(base)

    @functools.cache
    def watched_connection(base):
        def cursor(self, factory=sqlite3.Cursor):
            if isinstance(factory, type) and issubclass(factory, sqlite3.Cursor):
                factory = watched_cursor(factory)
            return base.cursor(self, factory)

        def close(self):
            base.close(self)
            recorder.closed(self)

        return subclass(base, cursor=cursor, close=close, _watched=True)

    # Also where somebody has it already, by `from sqlite3 import connect`.
    _look_for(original)
    for module, name in _places:
        if getattr(module, name, None) is original:
            recorder.put(module, name, connect)


def _look_for(connect):
    """Note the places of ``connect`` in modules that were not looked through so far."""
    for module in list(sys.modules.values()):
        # None where an import is forbidden; some packages put objects of their own there.
        if not isinstance(module, types.ModuleType) or module in _read:
            continue
        _places.extend((module, name) for name, value in list(vars(module).items()) if value is connect)
        if not getattr(getattr(module, "__spec__", None), "_initializing", False):  # its import is over
            _read.add(module)
