"""Draw what an app did: events of ``recorder`` as a text and as a picture.

The horizontal axis is the order of events, not the clock, so both are the same on
every run. What overlapped is drawn on one axis; what did not starts again at the left.
"""

from workbook.figures.timeline_picture import draw

SHORTEST_BAR = 20  # characters: "o opened - closed o"


class Span:
    """Something that lasts: columns ``start`` to ``end``; ``end`` is None while it does."""

    def __init__(self, start, end=None):
        self.start = start
        self.end = end

    def last(self, group):
        """The last column it covers in its group."""
        return len(group.columns) - 1 if self.end is None else self.end


class Step(Span):
    """A hook, a view or a stretch of other code that used a connection."""

    def __init__(self, column, hook, name):
        super().__init__(column)
        self.hook = hook
        self.name = name
        self.raised = None

    @property
    def label(self):
        return f"{self.name} raised {self.raised}" if self.raised else self.name


class Row(Span):
    """An app context, a request inside a context that it did not push, or no context at all."""

    def __init__(self, label, column, pushed=True):
        super().__init__(column)
        self.label = label
        self.pushed = pushed
        self.steps = []
        self.connections = []


class Bar(Span):
    """One connection in one group: ``state`` is how it stands when the group ends."""

    def __init__(self, label, start, continued=False):
        super().__init__(start)
        self.label = label
        self.continued = continued
        self.state = "still open"


class Section:
    """A heading and the rows below it."""

    def __init__(self, title, status=""):
        self.title = title
        self.status = status
        self.failed = False
        self.rows = []


class Group:
    """Requests and contexts that overlapped; they share one axis of columns."""

    def __init__(self):
        self.sections = []
        self.columns = []  # the widest text of each column, in characters
        self.outside = None  # the row of what happened in no context

    def column(self, *texts):
        """A new column at the right -> its index."""
        self.columns.append(max(map(len, texts), default=0))
        return len(self.columns) - 1

    def widen(self, column, *texts):
        self.columns[column] = max(self.columns[column], *map(len, texts))

    def __iter__(self):
        """(section, row) for each row."""
        return ((section, row) for section in self.sections for row in section.rows)


class Timeline:
    """What an app did, to be shown: ``print(timeline)`` for the text, a picture in a notebook.

    ``opened``, ``closed`` and ``still_open`` count connections. ``last`` keeps only the
    last so many groups of requests that did not overlap.
    """

    def __init__(self, events, last=None, only=None, steps=True):
        self.groups = _Reader(events).groups[-last if last else None :]
        bars = [bar for group in self.groups for _, row in group for bar in row.connections]
        self.opened = sum(not bar.continued for bar in bars)
        self.closed = sum(bar.state == "closed" for bar in bars)
        self.still_open = sum(bar.state == "still open" for bar in bars)

    @property
    def summary(self):
        """The counts as one sentence; "no connection opened" where there is nothing to count."""
        if not (self.opened or self.closed or self.still_open):
            return "no connection opened"
        return f"opened {self.opened}, closed {self.closed}, still open {self.still_open}"

    def __str__(self):
        lines = [line for group in self.groups for line in _text(group)]
        return "\n".join([*lines, self.summary])

    __repr__ = __str__

    def _repr_html_(self):
        return draw(self)


class _Reader:
    """Reads events in order and lays them out."""

    def __init__(self, events):
        self.groups = []
        self.requests = {}  # number -> (group, section, row or None)
        self.contexts = {}  # number -> (group, row)
        self.steps = {}
        self.bars = {}
        self.active = set()
        self.command = None
        for event in events:
            if hasattr(self, "on_" + event["kind"]) and event.get("of") != "request":
                getattr(self, "on_" + event["kind"])(event)

    def group(self, event):
        """The group this event belongs to, a new one if nothing else is going on."""
        if event["request"] in self.requests:
            return self.requests[event["request"]][0]
        if event["context"] in self.contexts:
            return self.contexts[event["context"]][0]
        if not self.active or not self.groups:
            self.groups.append(Group())
        return self.groups[-1]

    def row(self, event, group):
        """The row that shows what happens in this event's context and request."""
        if event["request"] in self.requests:
            row = self.requests[event["request"]][2]
            if row is not None:
                return row
        if event["context"] in self.contexts:
            return self.contexts[event["context"]][1]
        if group.outside is None:
            section = Section(self.command or "outside any context")
            group.sections.append(section)
            group.outside = Row("no context", len(group.columns), pushed=False)
            section.rows.append(group.outside)
        return group.outside

    def on_command(self, event):
        self.command = event["name"]

    def on_request(self, event):
        group = self.group({**event, "request": None})
        section = Section(f"{event['method']} {event['path']}")
        row = None
        if event["context"] in self.contexts:
            # Dispatched inside a context that is pushed already: it shares it.
            section = next(s for s, r in group if r is self.contexts[event["context"]][1])
            row = Row(f"{event['method']} {event['path']}", len(group.columns))
            section.rows.append(row)
        else:
            group.sections.append(section)
        self.requests[event["request"]] = (group, section, row)
        self.active.add(("request", event["request"]))

    def on_response(self, event):
        group, section, row = self.requests[event["request"]]
        status = event["status"].title() if event["status"] != "200 OK" else "200 OK"
        if "lost" in event:
            status = f"500, {event['raised']} out of the app"
            if event["lost"]:
                status = f"500 in teardown, {event['lost']} lost"
        if row is None:
            section.status = status
            section.failed = status.startswith("5")
        else:
            row.label += f"  {status}"
            row.end = len(group.columns) - 1
        self.active.discard(("request", event["request"]))

    def on_push(self, event):
        group = self.group(event)
        again = " again" if event["context"] in self.contexts else ""
        row = Row(f"app context {event['context']}{again}", len(group.columns))
        if event["request"] in self.requests:
            section = self.requests[event["request"]][1]
        else:
            section = Section(self.command or "app context pushed by hand")
            group.sections.append(section)
        section.rows.append(row)
        self.contexts[event["context"]] = (group, row)
        self.active.add(("context", event["context"]))

    def on_pop(self, event):
        if event["context"] in self.contexts:
            group, row = self.contexts[event["context"]]
            if not group.columns or row.start == len(group.columns):
                group.column()
            row.end = len(group.columns) - 1
        self.active.discard(("context", event["context"]))

    def on_enter(self, event):
        group = self.group(event)
        row = self.row(event, group)
        step = Step(group.column(event["hook"], event["name"]), event["hook"], event["name"])
        row.steps.append(step)
        self.steps[event["step"]] = step

    def on_exit(self, event):
        step = self.steps[event["step"]]
        step.raised = event["raised"]
        group = self.group(event)
        group.widen(step.start, step.label)
        step.end = len(group.columns) - 1

    def moment(self, event, group, row):
        """The column in which a connection was opened or closed."""
        running = self.steps.get(event["step"])
        if running is not None and running.end is None and row.start < len(group.columns):
            return len(group.columns) - 1
        name = "other code"
        if running is not None:
            name = running.name
        elif self.command:
            name = self.command
        if row.steps and row.steps[-1].hook == "" and row.steps[-1].start == len(group.columns) - 1:
            return row.steps[-1].start
        step = Step(group.column(name), "", name)
        step.end = step.start
        row.steps.append(step)
        return step.start

    def on_open(self, event):
        group = self.group(event)
        row = self.row(event, group)
        bar = Bar(event["connection"], self.moment(event, group, row))
        group.widen(bar.start, "o opened ")
        row.connections.append(bar)
        self.bars[bar.label] = (group, bar)

    def on_close(self, event):
        opened_in, bar = self.bars[event["connection"]]
        group = self.group(event)
        row = self.row(event, group)
        if group is not opened_in:
            bar.state = "open"
            bar = Bar(bar.label, 0, continued=True)
            row.connections.append(bar)
        bar.end = self.moment(event, group, row)
        bar.state = "closed"
        group.widen(bar.end, "closed o")
        if bar.start == bar.end:
            group.columns[bar.end] = max(group.columns[bar.end], SHORTEST_BAR)


def _text(group):
    """The lines of one group."""
    left = max((len(label) for _, row in group for label in _labels(row)), default=0) + 4
    edges = [left]
    for width in group.columns:
        edges.append(edges[-1] + width + 3)

    def place(line, column, text):
        return line.ljust(edges[column] + 2) + text

    for section in group.sections:
        yield f"{section.title}  {section.status}".rstrip()
        for row in section.rows:
            hooks = f"  {row.label}".ljust(edges[row.start]) + "|"
            names = ""
            for step in row.steps:
                room = edges[step.last(group) + 1] - edges[step.start] - 3
                overlapped = step.last(group) > step.start
                hook = step.hook + " " if overlapped else step.hook
                hooks = place(hooks, step.start, hook.ljust(room, "-") if overlapped else hook)
                names = place(names, step.start, step.label)
            if row.end is not None:
                hooks = hooks.ljust(edges[row.end + 1]) + "|"
            yield hooks.rstrip()
            if names:
                yield names.rstrip()
            for bar in row.connections:
                yield _bar_text(bar, edges, group)


def _labels(row):
    return [row.label, *(bar.label for bar in row.connections)]


def _bar_text(bar, edges, group):
    begin, finish = {
        "closed": ("o opened ", " closed o"),
        "open": ("o opened ", " open >"),
        "still open": ("o opened ", " STILL OPEN >"),
    }[bar.state]
    if bar.continued:
        begin = "< open "
    start = edges[bar.start] + (0 if bar.continued else 2)
    if bar.end is None:
        width = edges[-1] + 10 - start
    else:
        width = edges[bar.end + 1] - 1 - start
    return f"  {bar.label}".ljust(start) + begin + finish.rjust(width - len(begin), "-")
