"""Events as the recorder writes them, told by hand."""

import contextlib
import itertools


class Told:
    """A list of ``events``; each method adds what the recorder would."""

    def __init__(self, two_contexts=True):
        self.events = []
        self.two_contexts = two_contexts
        self._numbers = {"request": itertools.count(1), "context": itertools.count(1), "step": itertools.count(1)}
        self.request_number = self.context_number = self.step_number = None
        self._inner = False  # whether there is a request context to leave

    def add(self, kind, **fields):
        self.events.append({"kind": kind, "context": self.context_number, "request": self.request_number, **fields})

    def next(self, what):
        return next(self._numbers[what])

    @contextlib.contextmanager
    def request(self, path="/songs", method="GET", status="200 OK", pop=True, **lost):
        number, before = self.next("request"), self.request_number
        self.request_number = number
        self.add("request", method=method, path=path)
        with self.context(pop, self.two_contexts):
            yield
        self.request_number = number
        self.add("response", status=status, **lost)
        self.request_number = before

    @contextlib.contextmanager
    def context(self, pop=True, of_request=False):
        """An app context and, in a request, its request context; that one is left by ``outer``."""
        before, self.context_number = (self.context_number, self._inner), self.next("context")
        self.add("push", of="app")
        if of_request:
            self.add("push", of="request")
        self._inner = of_request
        yield
        if pop:
            self.outer()
            self.add("pop", of="app")
        self.context_number, self._inner = before

    def outer(self):
        """From here on outside of the request context."""
        if self._inner:
            self.add("pop", of="request")
        self._inner = False

    @contextlib.contextmanager
    def step(self, hook="view", name="songs()", source="songs.py:12", raised=None):
        if hook == "teardown_appcontext":
            self.outer()
        before, self.step_number = self.step_number, self.next("step")
        number = self.step_number
        self.add("enter", step=number, hook=hook, name=name, source=source)
        yield
        self.add("exit", step=number, hook=hook, name=name, raised=raised)
        self.step_number = before

    def did(self, hook, name, **fields):
        with self.step(hook, name, **fields):
            pass

    def open(self, name="rethinkdb 1", owner=None):
        self.add("open", connection=name, owner=owner, step=self.step_number)

    def use(self, *names, times=1):
        for name in names * times:
            self.add("use", connection=name, step=self.step_number)

    def pooled(self, kind, name="sqlalchemy 1"):
        """``kind`` is taken, commit, rollback or returned."""
        more = {"collected": False} if kind == "returned" else {}
        self.add(kind, connection=name, step=self.step_number, **more)

    def close(self, name="rethinkdb 1", cut=False):
        self.add("close", connection=name, step=self.step_number, raised=None, cut=cut)

    def made(self, thing):
        self.add("made", thing=thing, step=self.step_number)

    def ended(self, thing):
        self.add("ended", thing=thing, step=self.step_number)

    def held(self, connections=(), things=()):
        self.add("held", connections=list(connections), things=list(things))
