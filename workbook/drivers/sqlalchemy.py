"""SQLAlchemy: its connections on the timeline, by the events of its pools, whatever driver is below it."""

import threading

SOCKETS = "sqlalchemy.pool.base"


class _Connection:
    """Stands for a connection of the driver below, which is SQLAlchemy's to open and close."""


def watch(recorder, base):
    """Report to a Recorder which pools are filled, and which connections they open, use and close.

    A statement counts as a use. What is taken from a pool and given back is told with events of
    its own, ``taken`` and ``returned``; the latter has ``collected``: whether only the garbage
    collector gave it back.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    pools = threading.local()  # .giving: what this thread gives back because it was told to

    def connect(original, instance):
        pool = instance._ConnectionRecord__pool
        # The driver below may be one that the recorder knows, too.
        with recorder.silent("open"):
            original()
        if not recorder.knows(pool):
            recorder.made("pool", pool)
        # Under the recorder as its key: another one may be at work, too.
        instance.info[recorder] = stands = _Connection()
        recorder.opened("sqlalchemy", stands, owner=pool)

    def give_back(original, instance, *args, **kwargs):
        pools.giving = True
        try:
            return original(*args, **kwargs)
        finally:
            pools.giving = False

    def dispose(original, instance, *args, **kwargs):
        pool = instance.pool
        try:
            return original(*args, **kwargs)
        finally:
            recorder.ended(pool)

    def when(owner, name, tell):
        """Call ``tell`` with what stands for the connection of that event, and what else there is."""

        def listener(connection, *others):
            # Before a statement it is SQLAlchemy's connection, of a pool the driver's and its record.
            info = connection.info if owner is Engine else others[0].info
            if recorder in info:
                tell(info[recorder], *others)

        event.listen(owner, name, listener)
        recorder.at_end(event.remove, owner, name, listener)

    def returned(stands, *others):
        recorder.tell("returned", stands, collected=not getattr(pools, "giving", False))

    def lost(stands, record, error):
        if error is not None:
            recorder.closed(stands, cut=True)

    recorder.replace(base._ConnectionRecord, "_ConnectionRecord__connect", connect)
    recorder.replace(base._ConnectionFairy, "_checkin", give_back)
    recorder.replace(Engine, "dispose", dispose)
    when(Engine, "before_cursor_execute", lambda stands, *others: recorder.used(stands))
    when(base.Pool, "checkout", lambda stands, *others: recorder.tell("taken", stands))
    when(base.Pool, "checkin", returned)
    when(base.Pool, "invalidate", lost)
    when(base.Pool, "close", lambda stands, *others: recorder.closed(stands))
