"""Whatever the recorder may say, in whichever order: text, picture and counts are sound, and agree."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from made_events import Told
from svgs import alt, faults, pictures, styles, texts, words

from workbook import Timeline

NUMBERS = st.integers(1, 3)
MAYBE = st.none() | NUMBERS
NAMES = st.sampled_from(["songs()", "close_conn(None)", "a" * 300, "\u00e9t\u00e9()", "<b>&", ""]) | st.text(
    max_size=20
)
PATHS = st.sampled_from(["/", "/" + "x" * 300, "/<script>", "/\u00c3\u00a9t\u00c3\u00a9", "/\u4e2d", "/a b\n\x00"])
CONNECTIONS = st.sampled_from(["rethinkdb 1", "rethinkdb 2", "mongodb 1", "cassandra " + "9" * 80])
THINGS = st.sampled_from(["client 1", "session 1", "thread 1"])
HOOKS = st.sampled_from(["before_request", "view", "teardown_request", "teardown_appcontext", "call_on_close"])
STATUS = st.sampled_from(["200 OK", "404 NOT FOUND", "500 INTERNAL SERVER ERROR"])


def event(kind, **fields):
    return st.fixed_dictionaries({"kind": st.just(kind), "context": MAYBE, "request": MAYBE, **fields})


PUSHED = {"context": NUMBERS, "of": st.sampled_from(["app", "request"])}
EVENTS = st.lists(
    st.one_of(
        event("request", request=NUMBERS, method=st.sampled_from(["GET", "POST"]), path=PATHS),
        event("response", request=NUMBERS, status=STATUS),
        event("response", request=NUMBERS, status=STATUS, lost=st.none() | STATUS, raised=NAMES),
        event("push", **PUSHED),
        event("pop", **PUSHED),
        event("enter", step=NUMBERS, hook=HOOKS, name=NAMES, source=st.none() | NAMES),
        event("exit", step=NUMBERS, hook=HOOKS, name=NAMES, raised=st.none() | NAMES),
        event("made", thing=THINGS, step=MAYBE),
        event("ended", thing=THINGS, step=MAYBE),
        event("open", connection=CONNECTIONS, owner=st.none() | THINGS, step=MAYBE),
        event("use", connection=CONNECTIONS, step=MAYBE),
        event("close", connection=CONNECTIONS, step=MAYBE, raised=st.none(), cut=st.booleans()),
        *[event(kind, connection=CONNECTIONS, step=MAYBE) for kind in ("taken", "commit", "rollback")],
        event("returned", connection=CONNECTIONS, step=MAYBE, collected=st.booleans()),
        event("held", connections=st.lists(CONNECTIONS), things=st.lists(THINGS)),
        event("command", name=st.sampled_from(["flask seed", "flask " + "s" * 200])),
        event("of the next recorder"),
    ),
    max_size=40,
)


def told(acts):
    """Events of a possible world: what begins later ends earlier."""
    story, inside = Told(), []
    for act, *details in acts:
        if act == "end" and inside:
            inside.pop().__exit__(None, None, None)
        elif act in ("request", "context", "step"):
            inside.append(getattr(story, act)(*details))
            inside[-1].__enter__()
        elif act != "end":
            getattr(story, act)(*details)
    return story.events


def act(name, *details):
    return st.tuples(st.just(name), *details)


STORIES = st.lists(
    st.one_of(
        act("request", PATHS, st.sampled_from(["GET", "POST"]), STATUS),
        act("context", st.booleans()),
        act("step", HOOKS, NAMES, st.just("songs.py:1"), st.none() | NAMES),
        *[act("end")] * 3,
        act("open", CONNECTIONS, st.none() | THINGS),
        *[act("use", CONNECTIONS)] * 3,
        act("pooled", st.sampled_from(["taken", "commit", "rollback", "returned"]), CONNECTIONS),
        act("close", CONNECTIONS, st.booleans()),
        act("made", THINGS),
        act("ended", THINGS),
        act("held", st.lists(CONNECTIONS), st.lists(THINGS)),
    ),
    min_size=20,
    max_size=80,
).map(told)
COUNTS = ["opened", "closed", "kept", "leaked", "unused", "cut", "open", "checkouts", "returns"]


@settings(max_examples=150, deadline=None)
@given(EVENTS | STORIES, st.none() | st.integers(1, 3), st.booleans())
def test_any_events(events, last, steps):
    timeline = Timeline(events, last=last, steps=steps)
    text, markup = str(timeline), timeline._repr_html_()
    assert text.isascii() and max(map(len, text.splitlines())) <= 100
    assert all(line.isprintable() for line in text.splitlines())
    assert words(markup).startswith(text)
    told = {name: int(number) for name, number in re.findall(r"(\w+) (\d+)", timeline.summary)}
    assert told == {name: getattr(timeline, name) for name in COUNTS if name in told}
    assert not any(getattr(timeline, name) for name in COUNTS if name not in told)
    assert timeline.opened == timeline.used + timeline.unused
    assert alt(markup).endswith(f": {timeline.summary}.") and len(alt(markup)) < 300
    red = any(shown.end == "leaked" for shown in timeline.lives.values())
    for svg in pictures(markup).values():
        assert faults(svg) == []
        assert texts(svg)[-timeline.summary.count(",") - 1 :] == timeline.summary.split(", ")
        assert ("bad-dot" in styles(svg)) == red
    assert text.splitlines()[-1] == timeline.summary


@given(EVENTS)
@settings(max_examples=20, deadline=None)
def test_twice_the_same(events):
    assert Timeline(events)._repr_html_() == Timeline(list(events))._repr_html_()
