"""What this project relies on and a release of Flask may change, found out on the Flask that is installed.

``python next_release.py`` prints it: run it where the release is that you want to go to, and compare.
"""

import inspect
import json

from flask import Flask, g, redirect, request, stream_with_context


def small():
    """An app that says at / whose g it sees, and a list for what its teardown functions note."""
    app = Flask("small")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.logger.disabled = True

    @app.get("/")
    def index():
        return g.get("user", "its own")

    @app.get("/stream")
    def stream():
        return stream_with_context(iter("ab"))

    return app, []


def a_teardown_that_raises():
    app, ended = small()
    app.teardown_appcontext(lambda exc: ended.append("the next one runs"))
    app.teardown_appcontext(lambda exc: 1 / 0)
    try:
        app.test_client().get("/")
    except Exception as error:
        return f"{type(error).__name__}, {ended[0] if ended else 'the next one is skipped'}"


def request_in_teardown_appcontext():
    app, ended = small()

    @app.teardown_appcontext
    def note(exc):
        try:
            ended.append(f"there: {request.path}")
        except RuntimeError:
            ended.append("RuntimeError")

    app.test_client().get("/")
    return ended[0]


def g_inside_app_context():
    app, _ = small()
    with app.app_context():
        g.user = "that of the block"
        return app.test_client().get("/").text


def teardowns_of_a_stream():
    app, ended = small()
    app.teardown_request(lambda exc: ended.append("/stream"))
    app.test_client().get("/stream").close()
    return f"runs {len(ended)} x"


def words_of_a_status():
    app, _ = small()
    app.get("/away")(lambda: ("", 503))
    return app.test_client().get("/away").status


def arguments_of_preprocess_request():
    return ", ".join(inspect.signature(Flask("small").preprocess_request).parameters) or "nothing"


LOOKED_AT = {
    "after a teardown that raises": a_teardown_that_raises,
    "request in teardown_appcontext": request_in_teardown_appcontext,
    "g of a request inside app_context()": g_inside_app_context,
    "teardown_request, a stream": teardowns_of_a_stream,
    "redirect()": lambda: str(redirect("/").status_code),
    "a status in words": words_of_a_status,
    "preprocess_request() takes": arguments_of_preprocess_request,
}


def look():
    """{what is looked at: what is found}."""
    return {name: find() for name, find in LOOKED_AT.items()}


if __name__ == "__main__":
    print(json.dumps(look(), indent=2))
