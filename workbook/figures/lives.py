"""How a connection, a client or a session lived: what was done with it where, and how it ended.

Decided from events alone, once all of them are read:

=========  ==================================================================
closed     by a step or by its owner
cut        the other side or the network ended it
kept       it is meant to outlive a context: it was made outside of all of
           them, several used it in turn, its owner is kept, or something
           still holds it and it is one of a pool's, or the only one left
           that its source made
open       it is there, and so is its context
leaked     its context is gone, and nothing of the above is true; or the
           context is gone that took it out of its pool and has not returned it
=========  ==================================================================
"""

# What is done with a life, as a step does it and as it was done.
VERBS = {"open": "opens", "use": "uses", "close": "closes", "cut": "loses", "made": "makes", "ended": "ends"}
VERBS |= {"taken": "checks out", "commit": "commits", "rollback": "rolls back", "returned": "returns"}
PAST = {"open": "opened", "use": "used", "close": "closed", "cut": "cut", "made": "made", "ended": "ended"}
PAST |= {"taken": "checked out", "commit": "committed", "rollback": "rolled back", "returned": "returned"}
BEGINNINGS = ("open", "made")
ENDINGS = {"close": "closed", "ended": "closed", "cut": "cut"}


class Mark:
    """Something that was done with a life, as the ``place``-th of all that was done in an item of the picture."""

    def __init__(self, verb, item, context):
        self.verb = verb
        self.item = item
        self.place = item.done
        self.context = context
        item.done += 1


class Life:
    """A connection, or another thing that lasts; ``origin`` is what made it, in whichever context."""

    def __init__(self, name, owner=None, connection=True):
        self.name = name
        self.owner = owner
        self.connection = connection
        self.origin = None
        self.marks = []
        self.held = False
        self.end = None

    @property
    def label(self):
        return f"{self.name} of {self.owner.name}" if self.owner else self.name

    @property
    def kind(self):
        """The name without its number."""
        return self.name.rpartition(" ")[0]

    @property
    def begun(self):
        """Whether its beginning was recorded."""
        return bool(self.marks) and self.marks[0].verb in BEGINNINGS

    @property
    def ending(self):
        """ "closed" or "cut" if either was recorded."""
        return next((ENDINGS[mark.verb] for mark in self.marks if mark.verb in ENDINGS), None)

    @property
    def lent(self):
        """The Mark of its checkout from a pool, if it was not returned since."""
        places = [mark for mark in self.marks if mark.verb in ("taken", "returned")]
        return places[-1] if places and places[-1].verb == "taken" else None

    @property
    def shared(self):
        """Whether several contexts did something with it."""
        return len({mark.context for mark in self.marks} - {None}) > 1

    @property
    def used(self):
        return any(mark.verb == "use" for mark in self.marks)

    def add(self, verb, item, context):
        mark = Mark(verb, item, context)
        self.marks.append(mark)
        item.marks.setdefault(self, []).append(mark)


def decide(lives, pushed, broken):
    """Set each life's ``end``.

    ``pushed`` are the numbers of the contexts that are still there, ``broken`` of those in which a teardown
    raised: the traceback may hold what they leaked.
    """
    siblings = {}
    for life in lives:
        if life.marks:
            siblings.setdefault((life.kind, life.origin), []).append(life)
    for life in lives:
        _decide(life, pushed, broken, siblings)


def _decide(life, pushed, broken, siblings):
    if life.end is None:
        life.end = life.ending or _unclosed(life, pushed, broken, siblings)


def _unclosed(life, pushed, broken, siblings):
    if life.lent and life.lent.context is not None:
        return "open" if life.lent.context in pushed else "leaked"
    if life.owner:
        life.end = "open"  # for owners that own each other
        _decide(life.owner, pushed, broken, siblings)
        if life.owner.end in ("kept", "leaked"):
            return life.owner.end
    context = life.marks[0].context if life.marks else None
    if context is None or not life.begun or life.shared:
        return "kept"
    if context in pushed:
        return "open"
    if not life.held or context in broken:
        return "leaked"
    family = siblings[life.kind, life.origin]
    # One that is lazily made once has no siblings in other contexts, but for those that it replaced.
    alone = all(other.marks[0].context == context or other.ending for other in family)
    return "kept" if alone or any(other.shared for other in family) else "leaked"
