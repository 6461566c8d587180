"""Write down what a Flask app does, without a change to its source.

Flask's signals say when contexts come; the registered hooks and views are wrapped where
Flask keeps them, and the methods that end a request and its contexts where the app has
them; drivers are wrapped where they open, use and close their connections. The result is
a list of events, dicts with a ``kind``:

=====================  ======================================================
``request``            ``request`` (number), ``method``, ``path``
``response``           ``request``, ``status`` and, when a teardown lost the
                       finished answer, ``lost`` (its status) and ``raised``
``push`` / ``pop``     ``of``: "app" or "request". The Flask that has one
                       context for both pushes an "app" with ``request`` set
``enter`` / ``exit``   ``step`` (number), ``hook``, ``name``; at the entrance
                       ``source``: "file.py:line" in the app's folder, or the
                       module of an installed package, or None; at the exit
                       ``raised`` (a class name or None)
``made`` / ``ended``   ``thing`` ("client 1"), that owns connections; ``step``
``open``               ``connection`` ("mongodb 1"), ``owner`` (a thing or
                       None), ``step`` or None
``use``                ``connection``, ``step``: a query, a statement, a
                       checkout from a pool
``taken``              ``connection``, ``step``: checked out of its pool
``commit``             ``connection``, ``step``: the end of a transaction;
                       ``rollback`` likewise
``returned``           ``connection``, ``step``: back in its pool;
                       ``collected``: True if only the garbage collector did it
``close``              ``connection``, ``step``, ``raised`` and ``cut``: True
                       if the other side or the network ended it
``held``               ``connections`` and ``things``: those not closed that
                       somebody still refers to; last, where there are any
``command``            ``name`` of a ``flask`` command
=====================  ======================================================

Numbers count from 1 in each process. Every event has ``context`` and ``request``. What only
the garbage collector closes, nobody closed: no event says so.
"""

import contextlib
import functools
import gc
import inspect
import itertools
import sys
import threading
import types
import weakref
from contextvars import ContextVar

import flask.ctx
from flask import appcontext_pushed
from flask.globals import _cv_app

from workbook.drivers.registry import WATCHED
from workbook.running.source import source_of

_wrappers = weakref.WeakSet()  # functions that stand around a hook or a view, of every recorder


class Recorder:
    """Events of one app, in order: kept as ``events``, or else each given to ``on_event`` as it happens.

    From ``start()`` on drivers are watched, from ``attach(app)`` on the app. A context
    manager for use in the process of a notebook or a test::

        with Recorder(app) as recorder:
            app.test_client().get("/")
        recorder.events
    """

    def __init__(self, app=None, on_event=None):
        self.app = app
        self._events = []
        # An app that runs for days does not keep what another process has been told.
        self._on_event = on_event or self._events.append
        # Reentrant: the garbage collector may give something back in the middle of an event.
        self._lock = threading.RLock()
        self._counts = {}
        self._contexts = weakref.WeakKeyDictionary()  # app context -> its number
        self._pushed = weakref.WeakSet()  # contexts of both kinds, between push and pop
        self._steps = weakref.WeakSet()  # those of _wrappers that are ours
        self._open = {}  # name -> (weak reference, kind, whether in a context) of what nobody closed so far
        # Not of the module: two recorders may be at work at once, such as a test's and a fixture's.
        self._request = ContextVar("request", default=None)
        self._step = ContextVar("step", default=None)
        self._waiting = ContextVar("waiting", default=None)  # a request context that pushes its app context first
        self._silent = _Silent()
        self._undo = contextlib.ExitStack()
        self._drivers = {driver.SOCKETS: driver.watch for driver in WATCHED}  # still to be watched

    def start(self):
        """Watch the drivers that are imported by now, and others as contexts come."""
        self.watch_drivers()

    def attach(self, app):
        """Record what this app does from here on."""
        self.app = app
        appcontext_pushed.connect(self._app_pushed, app)
        self._undo.callback(appcontext_pushed.disconnect, self._app_pushed, app)
        self.replace(app, "wsgi_app", self._wsgi_app)
        self.replace(app, "process_response", self._process_response)
        self.replace(app, "do_teardown_appcontext", self._do_teardown_appcontext)
        if "RequestContext" in vars(flask.ctx):  # the next Flask has one context for both
            self.replace(flask.ctx.RequestContext, "push", self._push_request)
            self.replace(app, "do_teardown_request", self._do_teardown_request)

    def __enter__(self):
        self.start()
        self.attach(self.app)
        return self

    def __exit__(self, *exc_info):
        """Stop, and leave app and drivers as they were."""
        self._undo.close()
        # A connection of SQLite goes on telling.
        self._on_event = lambda event: None

    @property
    def events(self):
        """The list of events so far, at its end what is ``held`` at this moment."""
        held = self.held()
        return [*self._events, held] if held["connections"] or held["things"] else list(self._events)

    def held(self, outside=True):
        """The event ``held`` of this moment; the garbage collector runs if it makes a difference.

        Where ``outside`` is false, a difference for what was opened in a context.
        """
        if any(outside or inside for _, _, inside in self._open.copy().values()):
            with self.silent("use", "close"):
                gc.collect()
        names = {"connections": [], "things": []}
        for name, (reference, kind, _) in self._open.copy().items():
            if reference() is not None:
                names[kind].append(name)
        return {"kind": "held", "context": None, "request": None, **names}

    def emit(self, kind, **fields):
        """Hand on one event of this moment."""
        context = _cv_app.get(None)
        number = None if context is None else self._contexts.get(context)
        self._on_event({"kind": kind, "context": number, "request": self._request.get(), **fields})

    def _next(self, what):
        counter = self._counts.get(what)
        if counter is None:
            with self._lock:
                counter = self._counts.setdefault(what, itertools.count(1))
        return next(counter)

    # Requests and contexts

    def _wsgi_app(self, wsgi_app, environ, start_response):
        number = self._next("request")
        token = self._request.set(number)
        path = environ.get("PATH_INFO", "")
        if environ.get("QUERY_STRING"):
            path += "?" + environ["QUERY_STRING"]
        self.emit("request", method=environ.get("REQUEST_METHOD"), path=path)
        started = []

        def remember(status, *args, **kwargs):
            started.append(status)
            return start_response(status, *args, **kwargs)

        try:
            body = wsgi_app(environ, remember)
            if started:
                self.emit("response", status=started[-1])
                return _Body(body, self._request, number, None)
            # A middleware written as a generator: it starts when its first part is asked for.
            return _Body(body, self._request, number, lambda: started and self.emit("response", status=started[-1]))
        except Exception as error:
            # Out of wsgi_app: whatever was answered, the server now sends a bare 500.
            self.emit("response", status="500", lost=(started or [None])[-1], raised=_name(error))
            raise
        finally:
            self._request.reset(token)

    def _app_pushed(self, app, **extra):
        self._wrap_hooks()
        self.watch_drivers()
        context = _cv_app.get()
        # The test client pushes a context that it kept once more: it stays the same one.
        if context not in self._contexts:
            self._contexts[context] = self._next("context")
        if context not in self._pushed:
            self._pushed.add(context)
            self.emit("push", of="app")
        if request_context := self._waiting.get():
            self._request_pushed(request_context)

    def _push_request(self, push, context):
        """In the place of RequestContext.push, which pushes an app context first where there is none."""
        if context.app is not self.app:
            return push()
        outer = _cv_app.get(None)
        if outer is not None and outer.app is self.app:
            self._request_pushed(context)
            return push()
        token = self._waiting.set(context)
        try:
            return push()
        finally:
            self._waiting.reset(token)

    def _request_pushed(self, context):
        # Before it is: the session that the push opens belongs into it.
        if context not in self._pushed:
            self._pushed.add(context)
            self.emit("push", of="request")

    def _do_teardown_request(self, do_teardown_request, *args, **kwargs):
        try:
            return do_teardown_request(*args, **kwargs)
        finally:
            from flask.globals import request_ctx

            self._pushed.discard(request_ctx._get_current_object())
            self.emit("pop", of="request")

    def _do_teardown_appcontext(self, do_teardown_appcontext, *args, **kwargs):
        # Not the signal appcontext_popped: Flask does not send it when a teardown raises.
        try:
            return do_teardown_appcontext(*args, **kwargs)
        finally:
            self._pushed.discard(_cv_app.get())
            self.emit("pop", of="app")

    def _process_response(self, process_response, *args, **kwargs):
        # The next Flask hands its one context over, before the response.
        context = next((arg for arg in args if hasattr(arg, "_after_request_functions")), None)
        if context is None:
            from flask.globals import request_ctx as context

        self._wrap_list(context._after_request_functions, "after_this_request")
        response = process_response(*args, **kwargs)
        self._wrap_list(response._on_close, "call_on_close")
        return response

    def _wrap_list(self, functions, hook):
        """Wrap what this one request has registered."""
        for index, function in enumerate(functions):
            if not self._is_wrapped(function):
                functions[index] = self._wrapped(hook, function)

    # Hooks and views

    def _wrap_hooks(self):
        app = self.app
        for hook, table in (
            ("before_request", app.before_request_funcs),
            ("after_request", app.after_request_funcs),
            ("teardown_request", app.teardown_request_funcs),
            ("teardown_appcontext", {None: app.teardown_appcontext_funcs}),
        ):
            for functions in table.values():
                for index, function in enumerate(functions):
                    if not self._is_wrapped(function):
                        self._wrap_item(functions, index, hook, _name(function))
        for endpoint, function in app.view_functions.items():
            if not self._is_wrapped(function):
                self._wrap_item(app.view_functions, endpoint, "view", endpoint.rpartition(".")[2])
        for by_code in app.error_handler_spec.values():
            for handlers in by_code.values():
                for key, function in handlers.items():
                    if not self._is_wrapped(function):
                        self._wrap_item(handlers, key, "errorhandler", _name(function))

    def _wrap_item(self, container, key, hook, name):
        function = container[key]
        container[key] = wrapped = self._wrapped(hook, function, name)
        self._undo.callback(_put_back, container, wrapped, function)

    def _is_wrapped(self, function):
        # Not by a mark on it: a decorator of the app's would copy the mark to what is around it.
        while type(function) is types.FunctionType and function in _wrappers:
            if function in self._steps:
                return True
            function = function.__wrapped__
        return False

    def _wrapped(self, hook, function, name=None):
        name = name or _name(function)
        source = source_of(function, self.app.root_path)
        teardown = hook.startswith("teardown")

        @contextlib.contextmanager
        def recorded(args):
            label = f"{name}()"
            if teardown:
                label = f"{name}({_name(args[0]) if args and args[0] is not None else None})"
            step = self._next("step")
            token = self._step.set(step)
            self.emit("enter", step=step, hook=hook, name=label, source=source)
            raised = None
            try:
                yield
            except BaseException as error:
                raised = _name(error)
                raise
            finally:
                self._step.reset(token)
                self.emit("exit", step=step, hook=hook, name=label, raised=raised)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wrapper(*args, **kwargs):
                with recorded(args):
                    return await function(*args, **kwargs)
        else:

            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                with recorded(args):
                    return function(*args, **kwargs)

        self._steps.add(wrapper)
        _wrappers.add(wrapper)
        return wrapper

    # Drivers

    def watch_drivers(self):
        """Watch those drivers that are imported by now and were not before."""
        # Called at each context: an app may import its driver inside a function.
        for module in [module for module in self._drivers if module in sys.modules]:
            # Two first requests at once: one of them watches.
            if watch := self._drivers.pop(module, None):
                watch(self, sys.modules[module])

    def replace(self, owner, attribute, function):
        """Let ``function(original, ...)`` answer for ``owner.attribute`` until the end."""
        original = getattr(owner, attribute)
        if isinstance(owner, type):

            @functools.wraps(original)
            def replacement(instance, *args, **kwargs):
                return function(functools.partial(original, instance), instance, *args, **kwargs)
        else:
            replacement = functools.wraps(original)(functools.partial(function, original))
        self.put(owner, attribute, replacement)

    def put(self, owner, attribute, value):
        """``owner.attribute`` is ``value`` until the end."""
        if attribute in vars(owner):
            self._undo.callback(setattr, owner, attribute, vars(owner)[attribute])
        else:
            self._undo.callback(delattr, owner, attribute)
        setattr(owner, attribute, value)

    def at_end(self, function, *args):
        """Call ``function(*args)`` when everything is put back."""
        self._undo.callback(function, *args)

    def describe(self, function):
        """Name and source of a hook of the app's, as its events have them."""
        return _name(function), source_of(function, self.app.root_path)

    def made(self, kind, thing):
        """A driver hook saw ``thing`` (any object that owns connections) made."""
        self.emit("made", thing=self._call(kind, thing, "things"), step=self._step.get())

    def ended(self, thing):
        """A driver hook saw ``thing`` closed by somebody; a second time says nothing."""
        if name := self._forget(thing):
            self.emit("ended", thing=name, step=self._step.get())

    def opened(self, driver, connection, owner=None):
        """A driver hook saw ``connection`` (any object) open its socket; ``owner`` was ``made``."""
        if "open" in self._silent.kinds:
            return
        name = self._call(driver, connection, "connections")
        self.emit("open", connection=name, owner=self._name_of(owner), step=self._step.get())

    def used(self, connection):
        """A driver hook saw ``connection`` asked for something."""
        if (name := self._name_of(connection)) and "use" not in self._silent.kinds:
            self.emit("use", connection=name, step=self._step.get())

    def tell(self, kind, connection, **fields):
        """Another kind of event of a ``connection`` that was opened before."""
        if name := self._name_of(connection):
            self.emit(kind, connection=name, step=self._step.get(), **fields)

    def knows(self, thing):
        """Whether ``thing`` was opened or made before, and not closed since."""
        return self._name_of(thing) is not None

    def closed(self, connection, error=None, cut=False):
        """A driver hook saw ``connection`` closed, with the ``error`` of a failed goodbye, or ``cut`` by others."""
        if name := self._forget(connection):
            raised = None if error is None else _name(error)
            self.emit("close", connection=name, step=self._step.get(), raised=raised, cut=cut)

    def _call(self, what, thing, kind):
        """Give a new thing its name."""
        name = f"{what} {self._next(what)}"
        if not hasattr(thing, "_recorded"):
            thing._recorded = {}
        thing._recorded[self] = name
        reference = weakref.ref(thing, lambda reference: self._open.pop(name, None))
        self._open[name] = reference, kind, _cv_app.get(None) is not None
        return name

    def _name_of(self, thing):
        # One that only another recorder saw opened is no business of this one.
        return getattr(thing, "_recorded", {}).get(self)

    def _forget(self, thing):
        """The name of a thing that is closed now; None if it has none, or if nobody closes it."""
        name = self._name_of(thing)
        if name:
            del thing._recorded[self]
            self._open.pop(name, None)
        return None if "close" in self._silent.kinds else name

    @contextlib.contextmanager
    def silent(self, *kinds):
        """What happens within it counts for nothing: "open" of a connection, "use" or "close" of one."""
        before = self._silent.kinds
        self._silent.kinds = (*before, *kinds)
        try:
            yield
        finally:
            self._silent.kinds = before

    def collected(self, original, instance):
        """In the place of a driver's ``__del__``: what it closes, nobody closed."""
        # When the garbage collector comes differs between Pythons.
        with self.silent("use", "close"):
            original()


class _Silent(threading.local):
    """What counts for nothing at this moment.

    Not a ContextVar: the garbage collector calls, in the middle of anything, and a Python 3.11 that
    is just setting a ContextVar then loses it or crashes.
    """

    kinds = ()


class _Body:
    """A response body whose parts, made after ``wsgi_app`` returned, still count as its request."""

    def __init__(self, body, current, request, first):
        self._body = body
        self._parts = None
        self._current = current  # the recorder's variable for the number of the request
        self._request = request
        self._first = first  # called once, after the first part

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return self._run(self._next)
        finally:
            if self._first is not None:
                first, self._first = self._first, None
                self._run(first)

    def _next(self):
        if self._parts is None:
            self._parts = iter(self._body)
        return next(self._parts)

    def close(self):
        self._run(getattr(self._body, "close", lambda: None))

    def _run(self, function):
        token = self._current.set(self._request)
        try:
            return function()
        finally:
            self._current.reset(token)


def _put_back(container, wrapped, function):
    """``function`` in the place of ``wrapped``, wherever that is by now: the app may have moved or removed it."""
    for key, value in list(enumerate(container) if isinstance(container, list) else container.items()):
        if value is wrapped:
            container[key] = function


def _name(thing):
    return getattr(thing, "__name__", None) or type(thing).__name__
