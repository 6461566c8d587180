"""changes (``changefeed.cc``)."""

from ..errors import logic
from ..feeds import Feed
from ..keys import key
from ..registry import term
from ..results import SEQUENCE, SINGLE, Seq

FEED = ["squash", "include_initial", "include_states"]
NO_FEED = ["changefeed_queue_size", "include_types", "include_offsets"]


@term(152, "changes", 1, 1, FEED + NO_FEED, refuse=NO_FEED)
def changes(c):
    squash, initial, states = (c.flag(name) for name in FEED)
    if squash and type(c.opt("squash").datum()) is not bool:
        c.fail("[sandbox] CHANGES: `squash` is supported as true or false only.")
    target = c[0]
    if target.kind is SINGLE:
        table, note, steps = target.data.table, 2, ()
    else:
        seq = target.seq()
        if seq.array or (seq.slice is None and not target.is_selection):
            c.fail("Cannot call `changes` on an eager stream.")
        part, note, steps = seq.slice, 1, seq.steps
        if part is None or part.bounds or part.order:
            c.fail("[sandbox] CHANGES is supported on a table, on `get` and on `filter`.")
        table = part.table
    for label, _, _, function in steps:
        if label in ("concat_map", "zip"):
            c.fail(f"Cannot call `changes` after `{label}`.")
        if function and not function.pure:
            problem = "Cannot call `changes` after a non-deterministic function."
            raise logic(problem, function.node)
    if table.system:
        c.fail("[sandbox] CHANGES of a system table is not supported.")
    with table.store.lock:
        feed = Feed(table, table.place(target.data.key) if note == 2 else None, squash)
        start = [target.datum()] if note == 2 else [row for row, _ in table.pairs(part)] * initial
    feed.notes = [note] + [5] * states

    def seen(q, row):
        """What the query makes of a row: None if the row is not in it."""
        return None if row is None else next(iter(Seq([row], c.node, steps=steps).items(q)), None)

    def rows(q):
        if states and initial:
            yield {"state": "initializing"}
        for row in start if initial else ():
            row = seen(q, row)
            if row is not None or note == 2:
                yield {"new_val": row}
        if states:
            yield {"state": "ready"}
        for old, new, skipped in feed:
            q.restart()
            if skipped:
                yield {"error": f"Changefeed cache over array size limit, skipped {skipped} elements."}
            old, new = seen(q, old), seen(q, new)
            if key(old) != key(new):
                yield {"old_val": old, "new_val": new}

    return c.val(SEQUENCE, Seq(rows, c.node, feed=feed))
