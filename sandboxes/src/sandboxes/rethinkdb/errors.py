"""Errors of queries, with their types in the wire protocol (``ql2.proto``, ErrorType)."""

INTERNAL, RESOURCE, LOGIC, NON_EXISTENCE = 1000000, 2000000, 3000000, 3100000
OP_FAILED, USER, PERMISSION = 4100000, 5000000, 6000000
COMPILE = -1  # found before the query runs
EMPTY_USER = -LOGIC  # r.error() without a message: `default` rethrows what it caught


class Fault(Exception):
    """An error of the query. ``node`` is the term it points at, None until one is known."""

    def __init__(self, kind, message, node=None):
        super().__init__(message)
        self.kind, self.message, self.node = kind, message, node


class Stopped(Fault):
    """The query has used up its time: nothing in it may go on."""


def logic(message, node=None):
    return Fault(LOGIC, message, node)


def missing(message, node=None):
    return Fault(NON_EXISTENCE, message, node)


def failed(message):
    return Fault(OP_FAILED, message)
