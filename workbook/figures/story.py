"""Events of ``recorder`` -> a tree: sections, in them contexts, in them steps, in the order in which they came."""

from workbook.figures.lives import Life, decide
from workbook.figures.words import address, plain


class Item:
    """What a connection can be used in: ``marks`` has for each life what was done with it here, ``done`` counts."""

    def __init__(self, at, box):
        self.at = at
        self.box = box
        self.marks = {}
        self.done = 0


class Step(Item):
    """A hook or a view; ``number`` is given by the timeline that shows it."""

    def __init__(self, at, box, hook, name, source, around):
        super().__init__(at, box)
        self.hook = hook
        self.name = name
        self.source = source
        self.around = around  # the step that is still running, if one is
        self.number = None
        self.raised = None

    @property
    def heading(self):
        return f"{self.hook} in {self.around.number}" if self.around and self.around.number else self.hook


class Code(Item):
    """Other code that used a connection: between two steps, or inside of one, in a context of its own."""

    source = None
    raised = None

    def __init__(self, at, box, name, step=None):
        super().__init__(at, box)
        self.name = name
        self.step = step

    @property
    def heading(self):
        return f"in {self.step.number}" if self.step and self.step.number else ""


class Box:
    """Something with items and boxes inside, in order."""

    def __init__(self, at, parent=None, context=None, request=None):
        self.at = at
        self.end = at  # the last moment at which it was surely there
        self.parent = parent
        self.context = context
        self.request = request
        self.items = []
        if parent is not None:
            parent.items.append(self)

    def walk(self):
        """All items in it that are no boxes, in order."""
        for item in self.items:
            if isinstance(item, Box):
                yield from item.walk()
            else:
                yield item


class Section(Box):
    """A request, a command or a context pushed by hand: a heading and what happened below it."""

    def __init__(self, at, title, parent=None, request=None, path=None):
        super().__init__(at, parent, request=request)
        self.title = title
        self.path = path
        self.status = ""
        self.failed = False
        self.answered = False


class Context(Box):
    """An app context or a request context; ``inside`` is the step during which it was pushed."""

    def __init__(self, at, parent, of, context, request, inside=None, again=False):
        super().__init__(at, parent, context, request)
        self.of = of
        self.inside = inside
        self.again = again
        self.popped = False

    @property
    def label(self):
        label = "request context" if self.of == "request" else f"app context {self.context}"
        if self.again and self.of == "app":
            label += ", pushed again"
        if self.inside and self.inside.number:
            label += f", inside of step {self.inside.number}"
        return label if self.popped else f"{label}, still pushed"


class Outside(Box):
    """What happened in no context."""

    label = "outside any context"


class Story:
    """``sections`` at the top, ``lives`` in the order in which they began; all ends decided."""

    def __init__(self, events):
        self.sections = []
        self.lives = {}
        self._requests = {}  # number -> Section
        self._contexts = {}  # number -> its boxes, the innermost last
        self._running = {}  # number -> Step
        self._broken = set()  # numbers of the contexts in which a teardown raised
        self._command = None
        self._at = 0
        for self._at, event in enumerate(events):
            # A kind that is not known yet says nothing to this picture.
            getattr(self, f"_on_{event['kind']}", lambda event: None)(event)
        pushed = {number for number, boxes in self._contexts.items() if not boxes[-1].popped}
        decide(self.lives.values(), pushed, self._broken)

    def _section(self, title, **fields):
        section = Section(self._at, title, **fields)
        if section.parent is None:
            self.sections.append(section)
        return section

    def _on_command(self, event):
        self._command = plain(event["name"])

    def _on_request(self, event):
        path = address(event["path"])
        title = f"{plain(event['method'])} {path}"
        # Dispatched inside of a context that is pushed already: it stands in it.
        parent = self._innermost(event["context"], event["request"])
        self._requests[event["request"]] = self._section(title, parent=parent, request=event["request"], path=path)

    def _on_response(self, event):
        section = self._requests.get(event["request"])
        if section is None:
            return
        status = _cased(event["status"])
        if "lost" in event:
            status = f"500, {plain(event['raised'])} out of the app"
            if event["lost"]:
                status = f"500 in teardown, {_cased(event['lost'])} lost"
        section.status = status
        # A 503 is an answer that an app chose; a 500 is none.
        section.failed = status.startswith("500")
        section.answered = True
        self._last(section)

    def _on_push(self, event):
        number, request, of = event["context"], event["request"], event.get("of", "app")
        inside = None
        if of == "request" and (app := self._innermost(number, request)):
            parent = self._requests.get(request)
            # A request in a context that was there before it has a section of its own in it.
            parent = parent if parent is not None and parent.parent is app else app
        elif request in self._requests:
            parent = self._requests[request]
            step = self._step_in(parent)
            if step is not None:
                parent, inside = step.box, step
        else:
            parent = self._by_hand("pushed again" if number in self._contexts else "pushed by hand")
        boxes = self._contexts.setdefault(number, [])
        again = any(box.of == of and request in (None, box.request) for box in boxes)
        box = Context(self._at, parent, of, number, request, inside, again)
        boxes.append(box)
        self._last(box)

    def _by_hand(self, how):
        if self._command and self.sections and self.sections[-1].title == self._command:
            return self.sections[-1]
        return self._section(self._command or f"app context {how}")

    def _on_pop(self, event):
        of = event.get("of", "app")
        for box in reversed(self._contexts.get(event["context"], [])):
            if box.of == of and not box.popped and (of == "app" or box.request == event["request"]):
                box.popped = True
                self._last(box)
                return
            # What was pushed after it is gone with it.
            box.popped = box.popped or of == "app"

    def _innermost(self, context, request):
        """The box of what happens in this context and request, None if there is none any more."""
        boxes = [box for box in self._contexts.get(context, []) if not box.popped]
        fitting = [box for box in boxes if box.of == "app" or box.request == request]
        return fitting[-1] if fitting else None

    def _step_in(self, section):
        """The innermost step that is running in a section's contexts, None if there is none."""
        return next((step for step in reversed(self._running.values()) if self._within(step.box, section)), None)

    def _within(self, box, outer):
        while box is not None and box is not outer:
            box = box.parent
        return box is not None

    def _box(self, event):
        """The box that shows what happens in this event's context and request."""
        context, request = event["context"], event["request"]
        if (box := self._innermost(context, request)) is not None:
            return box
        if boxes := self._contexts.get(context):
            return next(box for box in reversed(boxes) if box.of == "app" or box is boxes[0])
        if context is not None:  # pushed before the first event
            parent = self._requests.get(request) or self._by_hand("pushed before")
            self._contexts[context] = [Context(self._at, parent, "app", context, request)]
            return self._contexts[context][0]
        section = self._requests.get(request)
        if section is None:
            title = self._command or Outside.label
            same = self.sections and self.sections[-1].title == title
            section = self.sections[-1] if same else self._section(title)
        if section.items and isinstance(section.items[-1], Outside):
            return section.items[-1]
        return Outside(self._at, section, request=request)

    def _last(self, box):
        """Remember that this box and those around it were there at this moment."""
        while box is not None:
            box.end = self._at
            box = box.parent

    def _on_enter(self, event):
        box = self._box(event)
        around = next((step for step in reversed(self._running.values()) if step.box is box), None)
        source = event.get("source")
        names = plain(event["hook"]), plain(event["name"])
        step = Step(self._at, box, *names, None if source is None else plain(source), around)
        box.items.append(step)
        self._running[event["step"]] = step
        if event["context"] is not None:
            self._last(box)

    def _on_exit(self, event):
        if step := self._running.pop(event["step"], None):
            step.raised = event["raised"] and plain(event["raised"])
            if step.raised and step.hook.startswith("teardown"):
                self._broken.add(event["context"])

    def _item(self, event):
        """The step that does something with a connection, or the other code that does."""
        box = self._box(event)
        step = self._running.get(event["step"])
        if step is not None and step.box is box:
            return step
        name = "other code"
        if step is not None:
            name = step.name
        elif event["request"] in self._requests and self._requests[event["request"]].answered:
            name = "sending the body"
        elif self._command and event["request"] is None:
            name = self._command
        last = box.items[-1] if box.items else None
        if isinstance(last, Code) and (last.name, last.step) == (name, step):
            return last
        code = Code(self._at, box, name, step)
        box.items.append(code)
        return code

    def _life(self, name, owner=None, connection=True):
        name = plain(name)
        if name not in self.lives:
            owner = self._life(owner, connection=False) if owner else None
            self.lives[name] = Life(name, owner, connection)
        return self.lives[name]

    def _mark(self, verb, event, life):
        item = self._item(event)
        if not life.marks:
            # The arguments of a teardown are no part of what made it.
            life.origin = (item.name.partition("(")[0], item.source)
        life.add(verb, item, event["context"])

    def _on_open(self, event):
        self._mark("open", event, self._life(event["connection"], event.get("owner")))

    def _on_use(self, event):
        self._mark(event["kind"], event, self._life(event["connection"]))

    _on_taken = _on_commit = _on_rollback = _on_use

    def _on_returned(self, event):
        # When the garbage collector comes differs between Pythons.
        if not event["collected"]:
            self._mark("returned", event, self._life(event["connection"]))

    def _on_close(self, event):
        self._mark("cut" if event.get("cut") else "close", event, self._life(event["connection"]))

    def _on_made(self, event):
        self._mark("made", event, self._life(event["thing"], connection=False))

    def _on_ended(self, event):
        self._mark("ended", event, self._life(event["thing"], connection=False))

    def _on_held(self, event):
        for name in (*event["connections"], *event["things"]):
            if life := self.lives.get(plain(name)):
                life.held = True


def _cased(status):
    """ "404 NOT FOUND" as people write it."""
    return plain(status).title().replace("Ok", "OK")


def groups(sections):
    """Lists of sections that overlapped, in order; one that nothing overlapped is alone in its list."""
    found, end = [], -1
    for section in sections:
        if found and section.at < end:
            found[-1].append(section)
        else:
            found.append([section])
        end = max(end, section.end)
    return found
