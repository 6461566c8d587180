"""What a probe is made of: see ``probes``."""


def masked(cql, *columns):
    """The values of these columns differ from run to run: only their types are kept."""
    return {"do": "execute", "cql": cql, "masked": list(columns)}


def at(consistency, cql):
    return {"do": "execute", "cql": cql, "consistency": consistency}


def prepare(cql):
    return {"do": "prepare", "cql": cql}


def bound(cql, *values, named=None):
    return {"do": "bound", "cql": cql, "values": named if named is not None else list(values)}


def raw(cql, *values):
    return {"do": "raw", "cql": cql, "values": list(values)}


def batch(*statements, unlogged=False):
    """``(text, values)``; values None: not prepared."""
    return {"do": "batch", "statements": list(statements), "unlogged": unlogged}


def fill(cql, partitions, rows):
    return {"do": "fill", "cql": cql, "partitions": partitions, "rows": rows}


def pages(cql, size, values=None, rows=True, state=None):
    return {"do": "pages", "cql": cql, "size": size, "values": values, "rows": rows, "state": state}


def wait(seconds):
    return {"do": "wait", "seconds": seconds}


def connect(keyspace=None, **options):
    return {"do": "connect", "keyspace": keyspace, "options": [list(option) for option in options.items()]}


def frames(*sent):
    return {"do": "frames", "frames": [list(frame) for frame in sent]}


schema = {"do": "schema"}
