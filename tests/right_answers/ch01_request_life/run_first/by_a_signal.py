"""The signal request_started instead of a hook."""

from flask import request_started

lock = Lock()
state = {"done": False}

def prepare_once(app, **extra):
    with lock:
        if not state["done"]:
            prepare()
            state["done"] = True

request_started.connect(prepare_once, app, weak=False)
