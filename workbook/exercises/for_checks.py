"""What the checks of several chapters do: make an app, call at once, compare predictions."""

import threading
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from workbook.exercises.checking import NotYet


def check_app(*databases, **config):
    """A new Flask app in testing, with the settings of ``databases`` and then ``config``."""
    app = Flask("check")
    app.testing = True
    for database in databases:
        app.config.update(database.settings)
    app.config.update(config)
    app.log_exception = lambda *given: None  # of this app; its logger is that of every "check"
    return app


def call_at_once(call, count=8):
    """What ``count`` threads get from ``call()``, a list; none begins before all are there."""
    together = threading.Barrier(count, timeout=5)

    def begin(_):
        together.wait()
        return call()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(begin, range(count)))


def request_at_once(app, path, everybody, count=8):
    """Send ``count`` GET requests for ``path``; set the Event ``everybody`` when all are in the app -> the responses."""
    arrived, wsgi_app = threading.Semaphore(0), app.wsgi_app

    def arrive(environ, start_response):
        arrived.release()
        return wsgi_app(environ, start_response)

    app.wsgi_app = arrive  # before every hook and signal, whichever the answer has chosen
    with ThreadPoolExecutor(count) as threads:
        requests = [threads.submit(app.test_client().get, path) for _ in range(count)]
        for _ in requests:
            arrived.acquire(timeout=5)
        everybody.set()
        return [request.result() for request in requests]


def compare_predictions(name, answers, right, hint, whole, kind=object):
    """The NotYet on a learner's predictions, or None if they are right.

    ``answers``, the list called ``name``, is in the order of ``right``: {question: answer}. The
    first that is wrong gets what ``hint(question, answer)`` returns. Anything but a list of that
    length, of instances of ``kind``, gets ``whole``.
    """
    listed = isinstance(answers, list | tuple) and all(isinstance(answer, kind) for answer in answers)
    if not listed or len(answers) != len(right):
        numbers = " numbers" if kind is int else ""
        return NotYet(f"{name} is {answers!r}", f"a list of {len(right)}{numbers}", whole)
    for answer, (question, expected) in zip(answers, right.items(), strict=True):
        if answer != expected:
            return NotYet(f"{name}: {answer!r} for {question}", repr(expected), hint(question, answer))
    return None
