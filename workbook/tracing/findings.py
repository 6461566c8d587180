"""Events of a trace -> what is wrong, what is worth knowing, counts and times.

Events are read as they come and forgotten when their request is over, so that an app may run for
days: kept are the connections that are open, one entry for each finding, and the events of some
requests for the picture.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from workbook.figures.lives import ENDINGS, Life, Mark, decide
from workbook.figures.words import address, listed, plain

CHAPTERS = {
    "leaked": ("ch04_teardown", "4. A teardown that survives"),
    "unused": ("ch03_one_connection", "3. One connection"),
    "eager": ("ch06_many_backends", "6. Many backends"),
    "lost": ("ch04_teardown", "4. A teardown that survives"),
    "raised": ("ch04_teardown", "4. A teardown that survives"),
    "skipped": ("ch04_teardown", "4. A teardown that survives"),
    "outside": ("ch02_app_context", "2. The app context and g"),
    "late": ("ch11_sessions_identity", "11. Sessions and identity"),
}
# A client is made once for each app, not once for each request.
CLIENTS = ("ch07_app_lifetime", "7. What lives as long as the app")
POOLS = ("ch12_sqlalchemy", "12. SQLAlchemy: an engine for the app, a session for the context")
KINDS = list(CHAPTERS)
FIRST = 12  # requests that the picture shows whatever they are
EXAMPLES = 12  # further ones, each of which shows a finding
REMEMBERED = 100  # requests and contexts that are over, since something may come after their end
ROUTES = 500  # rows of the table of requests
EVENTS = 400  # of one request, for the picture


@dataclass
class Finding:
    """One thing that is wrong: ``request`` is {"number", "method", "path"} of the first that shows it, or None."""

    kind: str
    what: str  # who does what, before the number of times
    after: str = ""
    request: dict | None = None
    source: str | None = None
    chapter: tuple = ()
    times: int = 0
    paths: dict = field(default_factory=dict)  # those that show it, as keys

    @property
    def sentence(self):
        shown = f"{self.what}{self.after}"
        if self.request:
            shown += f"; {label(self.request)} shows it"
        if self.times > 1:
            shown += f", the first of {self.times} times"
        return f"{shown}."


def label(request):
    """ "GET /things (request 3)"."""
    return f"{plain(request['method'])} {address(request['path'])} (request {request['number']})"


class _Request:
    def __init__(self, number, method, path, at):
        self.number, self.method, self.path, self.at = number, method, path, at
        self.status = None
        self.viewed = False
        self.events = []
        self.shown = number <= FIRST

    @property
    def named(self):
        return {"number": self.number, "method": self.method, "path": self.path}


class _Context:
    def __init__(self, request):
        self.request = request
        self.pushed = 0
        self.opened = set()  # names of what was opened in it and not closed
        self.raised = None  # the sentence's part on a teardown that raised in it


class _Place:
    """A step, or the code between two: what a Mark wants to know of it."""

    def __init__(self, hook, name, source):
        self.hook, self.name, self.source = hook, name, source
        self.done = 0
        self.at = None

    @property
    def called(self):
        source = f" ({plain(self.source)})" if self.source else ""
        return f"{plain(self.name)}{source}"


class _Traced(Life):
    """A life of which only so much is kept as decides its end."""

    def __init__(self, name, owner, connection, place, request):
        super().__init__(name, owner, connection)
        self.origin = (place.name, place.source)
        self.place = place
        self.request = request
        self.was_used = False
        self.taken = []  # (place, request, context) for each time that it is taken from its pool now

    def note(self, verb, place, context):
        self.was_used = self.was_used or verb == "use"
        if verb != "use" or (len(self.marks) < 4 and context not in {mark.context for mark in self.marks}):
            self.marks.append(Mark(verb, place, context))


class Findings:
    """Give it events with ``feed``; what it found is there after ``finish()``."""

    def __init__(self):
        self.found = OrderedDict()  # key -> Finding
        self.counts = Counter()
        self.hooks = OrderedDict()  # (hook, name, source) -> {"times", "seconds", "longest", "raised"}
        self.routes = OrderedDict()  # (method, path, status) -> {"times", "seconds"}
        self.notes = []
        self.unseen = []
        self.requests = 0
        self.contexts = 0
        self._about = OrderedDict()  # number -> _Request
        self._contexts = OrderedDict()  # number -> _Context
        self._running = {}  # step -> _Place
        self._lives = {}  # name -> _Traced, not closed
        self._left = Counter()  # (kind, origin) -> those that were open when their context was gone
        self._closed = {}  # (kind, origin) -> some of those that are
        self._alone = []  # events of no request, the first ones
        self._number = 0

    def feed(self, events):
        for event in events:
            self._number += 1
            self._keep(event)
            getattr(self, f"_on_{event['kind']}", lambda event: None)(event)

    # What is asked for again and again

    def _keep(self, event):
        request = self._about.get(event["request"])
        if request is not None:
            if len(request.events) < EVENTS:
                request.events.append((self._number, event))
        elif event["kind"] not in ("request", "held") and len(self._alone) < EVENTS:
            self._alone.append((self._number, event))

    def _context(self, event):
        number = event["context"]
        if number is None:
            return None
        if number not in self._contexts:
            self._contexts[number] = _Context(self._about.get(event["request"]))
            self.contexts += 1
        return self._contexts[number]

    def _place(self, event):
        step = event.get("step")
        if step in self._running:
            return self._running[step]
        request = self._about.get(event["request"])
        if request is None:
            return _Place(None, "code outside of a request", None)
        return _Place(None, "code that sends the body" if request.status else "code between the hooks", None)

    def _find(self, kind, key, request, what, after="", source=None, chapter=None):
        """One more time of the finding with this key; the first one says how it reads."""
        finding = self.found.get((kind, *key))
        if finding is None:
            finding = self.found[kind, *key] = Finding(kind, what, after, None, source, chapter or CHAPTERS[kind])
        if request is not None:
            if finding.request is None or request.number < finding.request["number"]:
                finding.request = request.named
            if len(finding.paths) < 20:
                finding.paths[address(request.path.partition("?")[0])] = True
            if finding.times < 2:
                self._show(request)
        finding.times += 1
        return finding

    def _show(self, request):
        if not request.shown and sum(other.shown for other in self._about.values()) < FIRST + EXAMPLES:
            request.shown = True

    def _tidy(self):
        """Forget requests and contexts that nothing more will be asked of."""
        for number, request in list(self._about.items())[: -2 * REMEMBERED]:
            if not request.shown:
                request.events = []  # what it leaked still refers to it
                del self._about[number]
        for number, context in list(self._contexts.items())[: -2 * REMEMBERED]:
            # What it leaked asks later whether a teardown raised.
            if not (context.pushed > 0 or (context.raised and context.opened)):
                del self._contexts[number]

    # Requests and contexts

    def _on_request(self, event):
        number = event["request"]
        self.requests += 1
        self._about[number] = request = _Request(number, event["method"], event["path"], event["at"])
        request.events.append((self._number, event))
        if len(self._about) > 4 * REMEMBERED or len(self._contexts) > 4 * REMEMBERED:
            self._tidy()

    def _on_response(self, event):
        request = self._about.get(event["request"])
        if request is None:
            return
        request.status = event["status"]
        key = (request.method, request.path.partition("?")[0], event["status"][:3])
        if key in self.routes or len(self.routes) < ROUTES:
            row = self.routes.setdefault(key, {"times": 0, "seconds": 0.0, "first": request.number})
            row["times"] += 1
            row["seconds"] += event["at"] - request.at
        if event["status"].startswith("404") and not request.viewed:
            self.note(f"{plain(request.method)} {address(request.path)} was answered 404: the app has no such route.")
        if event.get("lost"):
            lost, raised = plain(event["lost"]), plain(event["raised"])
            what = f"A finished response {lost} was lost, since {raised} was raised in a teardown"
            self._find("lost", (event["raised"],), request, what)

    def _on_push(self, event):
        context = self._context(event)
        context.pushed += event["of"] == "app"

    def _on_pop(self, event):
        context = self._context(event)
        if context is not None and event["of"] == "app":
            context.pushed -= 1
            for name in context.opened:
                life = self._lives[name]
                self._left[life.kind, life.origin] += 1
                # Two of them show what one could be by right.
                if context.request and self._left[life.kind, life.origin] <= 2:
                    self._show(context.request)

    # Steps

    def _on_enter(self, event):
        request = self._about.get(event["request"])
        name = event["name"].partition("(")[0] + "()"
        self._running[event["step"]] = place = _Place(event["hook"], name, event.get("source"))
        place.at = event["at"]
        row = self.hooks.setdefault(
            (place.hook, place.name, place.source), {"times": 0, "seconds": 0.0, "longest": 0.0, "raised": 0}
        )
        row["times"] += 1
        if request is not None and event["hook"] == "view":
            request.viewed = True

    def _on_exit(self, event):
        place = self._running.pop(event["step"], None)
        if place is None:
            return
        seconds = event["at"] - place.at
        row = self.hooks[place.hook, place.name, place.source]
        row["seconds"] += seconds
        row["longest"] = max(row["longest"], seconds)
        row["raised"] += event["raised"] is not None
        if event["raised"] and place.hook.startswith("teardown"):
            what = f"{place.called} in {place.hook} raised {plain(event['raised'])}"
            self._find("raised", (place.hook, place.name, event["raised"]), self._about.get(event["request"]), what)
            if context := self._context(event):
                context.raised = what

    def _on_skipped(self, event):
        functions = [
            f"{plain(name)}()" + (f" ({plain(source)})" if source else "") for name, source in event["functions"]
        ]
        what = f"{listed(functions)} in {event['hook']} did not run, since another one raised"
        self._find("skipped", (event["hook"], *functions), self._about.get(event["request"]), what)

    def _on_outside(self, event):
        where = f"{plain(event['where'])}: " if event["where"] else ""
        request = self._about.get(event["request"])
        what = f"{where}`{event['name']}` was asked for outside of its context"
        self._find("outside", (event["name"], event["where"]), request, what)

    def _on_late(self, event):
        what = "The session was changed when it had been saved already, so the change is lost"
        request = self._about.get(event["request"])
        self._find("late", (request and request.path.partition("?")[0],), request, what)

    def _on_unseen(self, event):
        self.unseen = event["names"]

    # Connections and what owns them

    def _begin(self, event, name, owner, connection):
        place = self._place(event)
        if context := self._context(event):
            context.opened.add(name)
        request = self._about.get(event["request"])
        self._lives[name] = life = _Traced(name, self._lives.get(owner), connection, place, request)
        life.note("open" if connection else "made", place, event["context"])

    def _on_made(self, event):
        self._begin(event, event["thing"], None, False)

    def _on_open(self, event):
        self.counts["opened"] += 1
        self._begin(event, event["connection"], event.get("owner"), True)

    def _on_use(self, event):
        if life := self._lives.get(event["connection"]):
            self.counts["used"] += not life.was_used
            before = life.shared
            life.note("use", self._place(event), event["context"])
            self.counts["reused"] += life.shared and not before

    def _end(self, event, name, verb):
        life = self._lives.pop(name, None)
        if life is None:
            return
        if context := self._contexts.get(life.marks[0].context):
            context.opened.discard(name)
        life.note(verb, self._place(event), event["context"])
        family = self._closed.setdefault((life.kind, life.origin), [])
        if sum(other.ending == life.ending for other in family) < 2:
            family.append(life)
        if life.connection:
            self.counts[ENDINGS[verb]] += 1
            if not life.was_used:
                self._unused(life)

    def _on_close(self, event):
        self._end(event, event["connection"], "cut" if event.get("cut") else "close")

    def _on_ended(self, event):
        self._end(event, event["thing"], "ended")

    def _on_taken(self, event):
        if life := self._lives.get(event["connection"]):
            life.taken.append((self._place(event), self._about.get(event["request"]), event["context"]))

    def _on_returned(self, event):
        if (life := self._lives.get(event["connection"])) and life.taken:
            taken = life.taken.pop()
            if event["collected"]:
                self._kept_from_pool(life, taken, "given back only by the garbage collector")

    def _kept_from_pool(self, life, taken, how):
        place, request, context = taken
        if context is not None:
            what = f"{place.called} takes a {plain(life.kind)} connection from its pool, and it was {how}"
            key = ("pool", life.kind, place.name, place.source)
            self._find("leaked", key, request, what, source=place.source, chapter=POOLS)

    def _unused(self, life):
        # Of a socket nobody can tell a login from a question.
        if life.request is None or life.kind.endswith(" socket") or life.marks[0].context is None:
            return
        place = life.place
        key = (life.kind, place.name, place.source)
        if place.hook in (None, "view", "errorhandler"):
            what = f"{place.called} opens a {plain(life.kind)} connection that nothing uses"
            self._find("unused", key, life.request, what, source=place.source)
        else:
            what = f"{place.called} in {place.hook} opens a {plain(life.kind)} connection for routes that do not use it"
            self._find("eager", key, life.request, what, source=place.source)

    def _on_held(self, event):
        for life in self._lives.values():
            life.held = False
        for name in (*event["connections"], *event["things"]):
            if life := self._lives.get(name):
                life.held = True

    # The end

    def finish(self):
        """Decide what became of all that nobody closed."""
        pushed = {number for number, context in self._contexts.items() if context.pushed > 0}
        broken = {number for number, context in self._contexts.items() if context.raised}
        open_ = list(self._lives.values())
        for life in open_:
            if life.owner and life.owner.ending:
                life.owner = None  # closed before it
        decide([*open_, *(life for family in self._closed.values() for life in family)], pushed, broken)
        for life in open_:
            if life.connection:
                self.counts[life.end] += 1
            if (
                life.end == "leaked"
                and not (life.owner and life.owner.end == "leaked")
                and not self._empty(life, open_)
            ):
                self._leaked(life)
            for taken in life.taken if life.end == "kept" else ():
                if taken[2] not in pushed:
                    self._kept_from_pool(life, taken, "not given back")
        self.counts["unused"] = self.counts["opened"] - self.counts["used"]

    def _empty(self, life, others):
        """Whether it is a pool that holds nothing."""
        return life.kind == "pool" and not any(other.owner is life for other in others)

    def _leaked(self, life):
        place, kind = life.place, plain(life.kind)
        if life.connection:
            opens = f"socket to {kind.removesuffix(' socket')}" if kind.endswith(" socket") else f"{kind} connection"
            what, chapter = f"{place.called} opens a {opens}", None
        else:
            what, chapter = f"{place.called} makes a {kind}", CLIENTS
        hook = f" in {place.hook}" if place.hook not in (None, "view") else ""
        after = f"{hook} that nobody closes"
        context = self._contexts.get(life.marks[0].context)
        raised = context.raised if context else None
        if raised:
            after += f", since {raised}"
        # Once for each reason.
        key = (life.kind, place.name, place.source, raised)
        self._find("leaked", key, life.request, what, after, place.source, chapter)

    def note(self, sentence):
        """Something else that the report is to say."""
        if sentence not in self.notes and len(self.notes) < 20:
            self.notes.append(sentence)

    @property
    def picture(self):
        """Events for a ``Timeline``: the first requests, and those that show a finding."""
        events = list(self._alone)
        for request in self._about.values():
            if request.shown:
                events += request.events
        chosen = [event for _, event in sorted(events, key=lambda pair: pair[0])]
        names = {event.get("connection") or event.get("thing") for event in chosen} - {None}
        held = [life.name for life in self._lives.values() if life.held and life.name in names]
        if held:
            connections = [name for name in held if self._lives[name].connection]
            things = [name for name in held if not self._lives[name].connection]
            chosen.append(
                {"kind": "held", "context": None, "request": None, "connections": connections, "things": things}
            )
        return chosen

    def of(self, kinds):
        """The findings of these kinds; "unused" takes in those that a hook opened."""
        kinds = {*kinds, *(["eager"] if "unused" in kinds else [])}
        return [finding for finding in self.found.values() if finding.kind in kinds]
