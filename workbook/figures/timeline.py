"""What an app did, to be shown: a text, a picture, counts.

The order of events is told, not the clock, so text and picture are the same on every run.
"""

import itertools
from collections import Counter
from urllib.parse import quote

from workbook.figures.lives import BEGINNINGS, ENDINGS, VERBS
from workbook.figures.story import Box, Outside, Section, Step, Story, groups
from workbook.figures.svg import image
from workbook.figures.timeline_picture import draw
from workbook.figures.words import COLUMNS, LONGEST, PRINTABLE, counted, cut, listed, ranges, wrap


class Timeline:
    """What an app did: ``print(timeline)`` for the text, a picture in a notebook.

    ``last`` keeps only the last so many requests, commands and contexts pushed by hand (those that
    overlapped count as one), ``only="/members"`` the requests of that path; ``steps=False`` leaves
    out hooks and views. Raises ValueError if there is nothing of that kind.

    Connections are counted: ``opened``, of them ``used`` and ``unused``; ``closed``, ``kept`` (meant to
    outlive a context), ``leaked``, ``cut`` (by the other side), ``open`` (and so is their context). So is
    what is done with those of a pool: ``checkouts``, ``statements``, ``commits``, ``rollbacks``, ``returns``.
    """

    def __init__(self, events, last=None, only=None, steps=True):
        if not isinstance(steps, bool):
            raise ValueError(f"steps is True or False, not {steps!r}")
        story = Story(events)
        sections = story.sections if only is None else _of_path(story.sections, only)
        self.groups = groups(sections)
        if last is not None:
            self.groups = _last(self.groups, last)
        self.with_steps = steps
        items = [item for group in self.groups for section in group for item in section.walk()]
        self.steps = sorted((item for item in items if isinstance(item, Step)), key=lambda step: step.at)
        for number, step in enumerate(self.steps, 1):
            step.number = number if steps else None
        marks = {}
        for item in items:
            for life, done in item.marks.items():
                marks.setdefault(life, []).extend(mark.verb for mark in done)
        self.lives = {life: Shown(life, marks[life]) for life in story.lives.values() if life in marks}
        self._done = Counter(verb for verbs in marks.values() for verb in verbs)

    def _count(self, what):
        return sum(life.connection and what(life, shown) for life, shown in self.lives.items())

    @property
    def opened(self):
        return self._count(lambda life, shown: shown.begun)

    @property
    def used(self):
        return self._count(lambda life, shown: shown.begun and life.used)

    @property
    def unused(self):
        return self.opened - self.used

    @property
    def closed(self):
        return self._count(lambda life, shown: shown.end == "closed")

    @property
    def kept(self):
        return self._count(lambda life, shown: shown.end == "kept")

    @property
    def leaked(self):
        return self._count(lambda life, shown: shown.end == "leaked")

    @property
    def cut(self):
        return self._count(lambda life, shown: shown.end == "cut")

    @property
    def open(self):
        return self._count(lambda life, shown: shown.end == "open")

    @property
    def checkouts(self):
        return self._done["taken"]

    @property
    def statements(self):
        return self._done["use"]

    @property
    def commits(self):
        return self._done["commit"]

    @property
    def rollbacks(self):
        return self._done["rollback"]

    @property
    def returns(self):
        return self._done["returned"]

    @property
    def summary(self):
        """The counts in words; "no connection opened" where there is nothing to count."""
        if not any(life.connection for life in self.lives):
            return "no connection opened"
        always = ["opened", "closed", "kept", "leaked"]
        names = always + [name for name in ("unused", "cut", "open") if getattr(self, name)]
        names += ["checkouts", "returns"] if self.checkouts or self.returns else []
        return ", ".join(f"{name} {getattr(self, name)}" for name in names)

    def source(self, number):
        """File and line of a step by its number: "songs.py:12". ValueError if there is no such step."""
        if not self.with_steps:
            raise ValueError("with steps=False no step has a number")
        if type(number) is not int or not 1 <= number <= len(self.steps):
            there = f"they are numbered 1 to {len(self.steps)}" if self.steps else "there is none"
            raise ValueError(f"no step {number!r}: {there}")
        return self.steps[number - 1].source or "not known"

    def __str__(self):
        lines = []
        for group in self.groups:
            if len(group) > 1:
                lines.append("at the same time:")
            for section in group:
                lines += self._section(section, "  " if len(group) > 1 else "")
        return "\n".join([*lines, *self._fates(), self.summary])

    __repr__ = __str__

    def _repr_html_(self):
        sections = [section for group in self.groups for section in group]
        requests = sum(section.path is not None for section in sections)
        others = dict.fromkeys(cut(section.title, LONGEST) for section in sections if section.path is None)
        if len(others) + bool(requests) > 1:
            others.pop(Outside.label, None)
        what = [counted(requests, "request")] * bool(requests) + list(others)[:2]
        sources = [f"step {step.number}: {step.source}" for step in self.steps if step.number and step.source]
        words = "\n".join([str(self), *(["where the steps are:"] if sources else []), *sources])
        return image(
            lambda width: draw(self, width), f"Timeline of {listed(what or ['nothing'])}: {self.summary}.", words
        )

    def _section(self, section, indent):
        status = cut(section.status, LONGEST)
        yield f"{indent}{cut(section.title, COLUMNS - len(indent) - len(status) - 2)}  {status}".rstrip()
        yield from self._inside(section, _deeper(indent))

    def _inside(self, box, indent):
        room = max((len(item.heading) for item in box.items if not isinstance(item, Box)), default=0)
        for item in box.items:
            if isinstance(item, Section):
                yield from self._section(item, indent)
            elif isinstance(item, Outside) and box.parent is None and item.label == getattr(box, "title", None):
                yield from self._inside(item, indent)
            elif isinstance(item, Box):
                yield f"{indent}{item.label}"
                yield from self._inside(item, _deeper(indent))
            elif self.with_steps:
                digits = len(str(len(self.steps)))
                number = f"{item.number:{digits}}. " if isinstance(item, Step) else " " * (digits + 2)
                yield from wrap(_sentence(item), f"{indent}{number}{item.heading.ljust(room)}  ", f"{indent}      ")
            elif item.marks:
                yield from wrap(_doings(item), indent, f"{indent}  ")

    def _fates(self):
        """How each connection lived; those that lived alike are told together."""
        alike = itertools.groupby(self.lives.items(), lambda item: (item[0].kind, item[0].owner, item[1].fate))
        for (_, owner, fate), lives in alike:
            whose = f" of {cut(owner.name, LONGEST)}" if owner else ""
            for names in ranges([life.name for life, _ in lives]):
                yield from wrap(f"{names}{whose}: {fate}", "", "  ")


class Shown:
    """A life as far as it is shown: ``begun`` and ``end``, "closed elsewhere" if it was closed in what is left out."""

    def __init__(self, life, verbs):
        self.begun = any(verb in BEGINNINGS for verb in verbs)
        ends = any(verb in ENDINGS for verb in verbs)
        self.end = life.end if ends or life.end not in ENDINGS.values() else "closed elsewhere"
        self.whole = len(verbs) == len(life.marks)
        uses = verbs.count("use")
        words = [] if self.begun else ["opened before"]
        if uses:
            words.append("used " + {1: "once", 2: "twice"}.get(uses, f"{uses} times"))
        elif life.connection and not life.used:
            words.append("never used")
        words.append(self.end)
        self.fate = ", ".join(words)


def _deeper(indent):
    """Two more spaces; what is nested for ever does not run out of the page."""
    return indent + "  " if len(indent) < 24 else indent


def _sentence(item):
    """A step and what it did: "songs() opens and uses rethinkdb 1"."""
    sentence = cut(item.name, LONGEST)
    if item.marks:
        sentence += f" {_doings(item)}"
    if item.raised:
        sentence += f"{',' if item.marks else ''} raised {cut(item.raised, LONGEST)}"
    return sentence


def _doings(item):
    """ "opens and uses rethinkdb 1", "closes rethinkdb 1 to 5"."""
    alike = {}
    for life, marks in item.marks.items():
        verbs = [mark.verb for mark in marks]
        does = listed([VERBS[verb] for verb in dict.fromkeys(verbs)])
        uses = verbs.count("use")
        alike.setdefault((does, f" ({uses} uses)" if uses > 1 else ""), []).append(life.name)
    return ", ".join(f"{does} {listed(ranges(names))}{uses}" for (does, uses), names in alike.items())


def _of_path(sections, only):
    """The sections of requests of one path."""
    if not isinstance(only, str) or not only.startswith("/"):
        raise ValueError(f'only is the path of a request, such as "/members", not {only!r}')
    wanted = quote(only, safe=PRINTABLE)
    requests = list(_requests(sections))
    found = [section for section in requests if wanted in (section.path, section.path.partition("?")[0])]
    if not found:
        paths = dict.fromkeys(cut(section.path.partition("?")[0], LONGEST) for section in requests)
        raise ValueError(f"no request of {only!r}: {', '.join(list(paths)[:20]) or 'there was none at all'}")
    return found


def _requests(boxes):
    for box in boxes:
        if isinstance(box, Section) and box.path is not None:
            yield box
        if isinstance(box, Box):
            yield from _requests(box.items)


def _last(found, last):
    """The last so many groups that are not only what happened outside of any context."""
    if type(last) is not int or last < 1:
        raise ValueError(f"last is a number from 1, not {last!r}")
    real = [index for index, group in enumerate(found) if any(s.title != Outside.label for s in group)]
    return found[real[-last] if len(real) >= last else 0 :]
