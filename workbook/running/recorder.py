"""Write down what a Flask app does, without a change to its source.

Flask's signals say when contexts and requests come and go; the registered hooks
and views are wrapped where Flask keeps them; drivers are wrapped where they open
and close their sockets. The result is a list of events, dicts with a ``kind``:

=====================  ======================================================
``request``            ``request`` (number), ``method``, ``path``
``response``           ``request``, ``status`` and, when a teardown lost the
                       finished answer, ``lost`` (its status)
``push`` / ``pop``     ``context`` (number), ``request`` or None
``enter`` / ``exit``   ``step`` (number), ``hook``, ``name``; at the exit
                       ``raised`` (a class name or None)
``open`` / ``close``   ``connection`` (driver and number), ``step`` or None;
                       ``close`` has ``raised`` too
``command``            ``name`` of a ``flask`` command
=====================  ======================================================

Numbers count from 1 in each process. Every event has ``context`` and ``request``.
"""

import contextlib
import functools
import inspect
import itertools
import sys
import threading
from contextvars import ContextVar
from weakref import WeakKeyDictionary

from flask import appcontext_pushed
from flask.globals import app_ctx

from workbook.drivers.registry import DRIVERS

_request = ContextVar("request", default=None)
_step = ContextVar("step", default=None)
_collecting = ContextVar("collecting", default=False)


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
        self.events = []
        # An app that runs for days does not keep what another process has been told.
        self._on_event = on_event or self.events.append
        self._lock = threading.Lock()
        self._counts = {}
        self._contexts = WeakKeyDictionary()
        self._wrapped = set()
        self._undo = contextlib.ExitStack()
        self._drivers = {driver.SOCKETS: driver.watch for driver in DRIVERS}  # still to be watched

    def start(self):
        """Watch the drivers that are imported by now, and others as contexts come."""
        self._wrap_drivers()

    def attach(self, app):
        """Record what this app does from here on."""
        self.app = app
        appcontext_pushed.connect(self._pushed, app)
        self._undo.callback(appcontext_pushed.disconnect, self._pushed, app)
        self.replace(app, "wsgi_app", self._wsgi_app)
        self.replace(app, "process_response", self._process_response)
        self.replace(app, "do_teardown_appcontext", self._do_teardown_appcontext)

    def __enter__(self):
        self.start()
        self.attach(self.app)
        return self

    def __exit__(self, *exc_info):
        """Stop, and leave app and drivers as they were."""
        self._undo.close()

    def emit(self, kind, **fields):
        """Append one event; the lock makes the order of the list the order of events."""
        event = {"kind": kind, "context": self._context(), "request": _request.get(), **fields}
        with self._lock:
            self._on_event(event)

    def _next(self, what):
        with self._lock:
            counter = self._counts.setdefault(what, itertools.count(1))
            return next(counter)

    def _context(self):
        return self._contexts.get(app_ctx._get_current_object()) if app_ctx else None

    # Requests and contexts

    def _wsgi_app(self, wsgi_app, environ, start_response):
        number = self._next("request")
        token = _request.set(number)
        path = environ.get("PATH_INFO", "")
        if environ.get("QUERY_STRING"):
            path += "?" + environ["QUERY_STRING"]
        self.emit("request", method=environ["REQUEST_METHOD"], path=path)
        started = []

        def remember(status, headers, exc_info=None):
            started.append(status)
            return start_response(status, headers, exc_info)

        try:
            body = wsgi_app(environ, remember)
            self.emit("response", status=started[-1])
        except Exception as error:
            # Out of wsgi_app: whatever was answered, the server now sends a bare 500.
            self.emit("response", status="500", lost=(started or [None])[-1], raised=_name(error))
            raise
        finally:
            _request.reset(token)
        return _Body(body, number)

    def _pushed(self, app, **extra):
        self._wrap_hooks()
        self._wrap_drivers()
        context = app_ctx._get_current_object()
        # The test client pushes a context that it kept once more: it stays the same one.
        if context not in self._contexts:
            self._contexts[context] = self._next("context")
        self.emit("push")

    def _do_teardown_appcontext(self, do_teardown_appcontext, *args):
        # Not the signal appcontext_popped: Flask does not send it when a teardown raises.
        try:
            do_teardown_appcontext(*args)
        finally:
            self.emit("pop")

    def _process_response(self, process_response, *args):
        if len(args) > 1:  # the next Flask hands its one context over, before the response
            context = args[0]
        else:
            from flask.globals import request_ctx as context

        after = context._after_request_functions
        after[:] = [self._step("after_this_request", func) for func in after]
        response = process_response(*args)
        response._on_close[:] = [self._step("call_on_close", func) for func in response._on_close]
        return response

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
                    self._wrap_item(functions, index, hook, _name(function))
        for endpoint in app.view_functions:
            self._wrap_item(app.view_functions, endpoint, "view", endpoint.rpartition(".")[2])
        for by_code in app.error_handler_spec.values():
            for handlers in by_code.values():
                for key, function in handlers.items():
                    self._wrap_item(handlers, key, "errorhandler", _name(function))

    def _wrap_item(self, container, key, hook, name):
        function = container[key]
        if function not in self._wrapped:
            container[key] = self._step(hook, function, name)
            self._wrapped.add(container[key])
            self._undo.callback(container.__setitem__, key, function)

    def _step(self, hook, function, name=None):
        name = name or _name(function)

        @contextlib.contextmanager
        def recorded(args):
            label = f"{name}()"
            if hook.startswith("teardown"):
                label = f"{name}({_name(args[0]) if args and args[0] is not None else None})"
            step = self._next("step")
            fields = {"step": step, "hook": hook, "name": label}
            token = _step.set(step)
            self.emit("enter", **fields)
            raised = None
            try:
                yield
            except BaseException as error:
                raised = _name(error)
                raise
            finally:
                _step.reset(token)
                self.emit("exit", **fields, raised=raised)

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

        return wrapper

    # Drivers

    def _wrap_drivers(self):
        # Called at each context: an app may import its driver inside a function.
        for module in [module for module in self._drivers if module in sys.modules]:
            self._drivers.pop(module)(self, sys.modules[module])

    def replace(self, owner, attribute, function):
        """Let ``function(original, ...)`` answer for ``owner.attribute`` until the end."""
        original = getattr(owner, attribute)
        own = attribute in vars(owner)
        if isinstance(owner, type):

            @functools.wraps(original)
            def replacement(instance, *args, **kwargs):
                return function(functools.partial(original, instance), instance, *args, **kwargs)
        else:
            replacement = functools.wraps(original)(functools.partial(function, original))
        setattr(owner, attribute, replacement)
        if own:
            self._undo.callback(setattr, owner, attribute, original)
        else:
            self._undo.callback(delattr, owner, attribute)

    def opened(self, driver, connection):
        """A driver hook saw ``connection`` (any object) open its socket."""
        name = f"{driver} {self._next(driver)}"
        connection._recorded = (self, name)
        self.emit("open", connection=name, step=_step.get())

    def closed(self, connection, error=None):
        """A driver hook saw ``connection`` closed; ``error`` is that of a failed goodbye."""
        # One that an earlier recorder saw opened is no business of this one.
        recorder, name = connection.__dict__.pop("_recorded", (None, None))
        # What only the garbage collector closes, nobody closed; when it does differs between Pythons.
        if recorder is self and not _collecting.get():
            self.emit("close", connection=name, step=_step.get(), raised=None if error is None else _name(error))

    def collected(self, original, instance):
        """In the place of a driver's ``__del__``: what it closes, nobody closed."""
        token = _collecting.set(True)
        try:
            original()
        finally:
            _collecting.reset(token)


class _Body:
    """A response body whose parts, made after ``wsgi_app`` returned, still count as its request."""

    def __init__(self, body, request):
        self._body = body
        self._parts = iter(body)
        self._request = request

    def __iter__(self):
        return self

    def __next__(self):
        return self._run(lambda: next(self._parts))

    def close(self):
        self._run(getattr(self._body, "close", lambda: None))

    def _run(self, function):
        token = _request.set(self._request)
        try:
            return function()
        finally:
            _request.reset(token)


def _name(thing):
    return getattr(thing, "__name__", None) or type(thing).__name__
