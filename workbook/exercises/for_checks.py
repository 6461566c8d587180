"""What the checks of several chapters do: make an app, compare predictions."""

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
