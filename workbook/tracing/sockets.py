"""Sockets of drivers that no class is known of: by host and port, from connect to close.

A socket is followed where Python's own class opens, uses and closes it. Those of drivers that
the recorder knows are theirs to tell.
"""

import functools
import socket
import ssl
import sys
import weakref

from workbook.drivers.registry import WATCHED

KNOWN = tuple(f"{driver.SOCKETS.partition('.')[0]}." for driver in WATCHED)
_watching = weakref.WeakSet()


class _Socket:
    """Stands for a socket in the recorder: on itself nothing can be hung."""

    def __init__(self, kind):
        self.kind = kind
        self.opened = False


class Sockets:
    """``unseen`` has the addresses of sockets that are not of Python's class, and so cannot be followed."""

    def __init__(self, recorder):
        self.recorder = recorder
        self.unseen = set()
        self._records = weakref.WeakKeyDictionary()

    def connect(self, original, instance, address):
        record = self._record(instance, address)
        try:
            result = original(address)
        except BlockingIOError:
            raise  # under way: it counts as open when something is sent
        except BaseException:
            self._records.pop(instance, None)
            raise
        if record:
            self._open(record)
        return result

    def connect_ex(self, original, instance, address):
        record = self._record(instance, address)
        result = original(address)
        if record and not result:
            self._open(record)
        return result

    def _record(self, instance, address):
        if instance.type & socket.SOCK_STREAM and not _of_a_known_driver():
            self._records[instance] = record = _Socket(f"{_named(address)} socket")
            return record

    def _open(self, record):
        record.opened = True
        self.recorder.opened(record.kind, record)

    def send(self, original, instance, *args):
        if record := self._records.get(instance):
            if not record.opened:
                self._open(record)
            self.recorder.used(record)
        return original(*args)

    def close(self, original, instance, *args, **kwargs):
        original(*args, **kwargs)
        if record := self._records.pop(instance, None):
            with self.recorder.silent(*["close"] * _by_the_collector()):
                self.recorder.closed(record)

    def detach(self, original, instance):
        # To somebody else, such as an SSL socket made of it, which wrap() has told of already.
        if record := self._records.pop(instance, None):
            self.recorder.closed(record)
        return original()

    def wrap(self, original, sock, *args, **kwargs):
        """In the place of SSLSocket._create: the new socket goes on as the one that it is made of."""
        record = self._records.pop(sock, None)
        try:
            wrapped = original(sock, *args, **kwargs)
        except BaseException:
            # It took the descriptor with it, and closed it.
            if record:
                self.recorder.closed(record)
            raise
        if record:
            self._records[wrapped] = record
        return wrapped

    def audit(self, event, args):
        if event == "socket.connect" and not isinstance(args[0], socket.socket) and not _of_a_known_driver():
            self.unseen.add(f"a socket to {_named(args[1])}, which is not of Python's own class")


def watch(recorder):
    """Report to a Recorder which sockets Python opens, uses and closes, from here on."""
    sockets = Sockets(recorder)
    recorder.replace(socket.socket, "connect", sockets.connect)
    recorder.replace(socket.socket, "connect_ex", sockets.connect_ex)
    for owner in (socket.socket, ssl.SSLSocket):
        for name in ("send", "sendall", "sendmsg"):
            if name in vars(owner) or (owner is socket.socket and hasattr(owner, name)):
                recorder.replace(owner, name, sockets.send)
    recorder.replace(socket.socket, "_real_close", sockets.close)
    recorder.replace(socket.socket, "detach", sockets.detach)
    create = ssl.SSLSocket._create.__func__

    def wrap(cls, sock, *args, **kwargs):
        return sockets.wrap(functools.partial(create, cls), sock, *args, **kwargs)

    recorder.put(ssl.SSLSocket, "_create", classmethod(wrap))
    _listen(sockets)
    recorder.at_end(_watching.discard, sockets)
    return sockets


def _listen(sockets):
    """Hand audit events on. A hook stays as long as the process: there is one for all."""
    if not hasattr(_listen, "hook"):

        def hook(event, args):
            if event == "socket.connect":
                for each in _watching:
                    each.audit(event, args)

        _listen.hook = hook
        sys.addaudithook(hook)
    _watching.add(sockets)


def _of_a_known_driver():
    """Whether a driver that the recorder watches is among the callers."""
    return any(frame.f_globals.get("__name__", "").startswith(KNOWN) for frame in _callers())


def _by_the_collector():
    """Whether somebody forgot an object that has it.

    Not so a finalizer: with it urllib3 closes what it was told to close.
    """
    return any(frame.f_code.co_name == "__del__" for frame in _callers())


def _callers():
    frame = sys._getframe(2)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _named(address):
    if isinstance(address, tuple):
        host, port = address[:2]
        return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
    return repr(address)
