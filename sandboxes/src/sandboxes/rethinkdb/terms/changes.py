"""changes (``terms/seq.cc``, ``changefeed.cc``)."""

from ..datum import ARRAY_LIMIT, type_name
from ..errors import Fault, logic
from ..feeds import LIMIT, POINT, RANGE, STATES, Feed, LimitFeed, UnionFeed, watch_part, watch_row
from ..keys import key
from ..registry import term
from ..results import SEQUENCE, SINGLE, Seq
from ..system import FOLLOWED

OPTIONS = ["squash", "include_initial", "include_states", "include_types", "include_offsets", "changefeed_queue_size"]


class Options:
    """The options of one `changes`."""

    def __init__(self, c):
        self.initial, self.states, self.types, self.offsets = (c.flag(name) for name in OPTIONS[1:5])
        self.squash, option = False, c.opt("squash")
        if option is not None:
            self.squash = option.datum()
            if type(self.squash) not in (bool, int, float):
                raise logic(f"Expected BOOL or NUMBER but found {type_name(self.squash)}.", option.node)
            if self.squash < 0:
                raise logic("Expected BOOL or a positive NUMBER but found a negative NUMBER.", option.node)
        size = c.opt("changefeed_queue_size")
        self.most = ARRAY_LIMIT if size is None else size.int()
        if self.most < 1:
            raise logic(f"Expected a positive queue size, got {self.most}.", size.node)


@term(152, "changes", 1, 1, OPTIONS)
def changes(c):
    options, target = Options(c), c[0]
    if target.kind is SINGLE:
        return c.val(SEQUENCE, follow_row(c, target.data, options))
    seq = target.seq()
    if seq.parts:
        whole = [Seq(part.source, part.node, slice=part.slice, steps=(*part.steps, *seq.steps)) for part in seq.parts]
        return c.val(SEQUENCE, together(c, [follow(c, part, options) for part in whole]))
    return c.val(SEQUENCE, follow(c, seq, options))


def together(c, seqs):
    """Several sequences, feeds among them, as one feed."""
    feed = UnionFeed(seqs)
    return Seq(feed.items, c.node, feed=feed)


def follow_row(c, row, options):
    """The feed of one row."""
    if options.offsets:
        c.fail("Cannot include offsets for point subs.")
    table = row.table
    check_system(c, table)
    with table.store.lock:
        feed = Feed(table, watch_row(table.place(row.key)), options.squash, options.most)
        start = [row.row()]
    return messages(c, feed, POINT, start, options, lambda q, row: row)


def follow(c, seq, options):
    """The feed of a table, or of a part of one, through the steps of the sequence."""
    part, steps = seq.slice, seq.steps
    if seq.array or seq.feed or part is None:
        c.fail(seq.problem or "Cannot call `changes` on an eager stream.")
    for label, _, _, function in steps:
        if label in ("concat_map", "zip"):
            c.fail(f"Cannot call `changes` after `{label}`.")
        if function and not function.pure:
            problem = "Cannot call `changes` after a non-deterministic function."
            raise logic(problem, function.node)
    table = part.table
    check_system(c, table)
    if part.limit is not None:
        if part.order is None:
            c.fail("Cannot get changes on the first elements of an unordered stream.")
        if steps:
            c.fail("[sandbox] CHANGES after `limit` and a further term is not supported.")
        with table.store.lock:
            feed = LimitFeed(table, part, options.squash)
            start = [(row, i) for i, (_, row) in enumerate(feed.top)]
        return messages(c, feed, LIMIT, start, options, lambda q, found: found)
    if options.offsets:
        c.fail("Cannot include offsets for range subs.")
    with table.store.lock:
        table.require_index(part.index or table.pkey)
        feed = Feed(table, watch_part(part), options.squash, options.most)
        start = [row for row, _ in table.read(part)] if options.initial else []

    def seen(q, row):
        """What the query makes of a row: None if it is not in it, or if a function fails on it."""
        try:
            return next(iter(Seq([row], c.node, steps=steps).items(q)), None)
        except Fault:
            return None

    return messages(c, feed, RANGE, start, options, seen)


def check_system(c, table):
    if table.system and table.name not in FOLLOWED:
        c.fail(f"[sandbox] CHANGES of the system table `{table.name}` is not supported.")
    if table.system:
        with table.store.lock:
            table.store.follow(table.name)


def messages(c, feed, note, start, options, seen):
    """The sequence of what the reader gets."""
    feed.notes = [note] + [STATES] * options.states

    def message(kind, **values):
        found = {"type": kind} if options.types else {}
        for name, value in values.items():
            if note == LIMIT and name != "state":
                value, offset = value or (None, None)
                if options.offsets:
                    found[name.replace("val", "offset")] = offset
            found[name] = value
        return found

    def rows(q):
        if options.states and options.initial:
            yield message("state", state="initializing")
        for row in start if options.initial else ():
            row = None if row is None else seen(q, row)
            if row is not None or note == POINT:
                yield message("initial", new_val=row)
        if options.states:
            yield message("state", state="ready")
        for old, new, skipped in feed:
            q.restart()
            if skipped:
                yield {"error": f"Changefeed cache over array size limit, skipped {skipped} elements."}
            old, new = (None if row is None else seen(q, row) for row in (old, new))
            if note == LIMIT or key(old) != key(new):
                kind = "add" if old is None else "remove" if new is None else "change"
                yield message(kind, new_val=new, old_val=old)

    return Seq(rows, c.node, feed=feed)
