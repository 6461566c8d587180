"""In a child process: end when the parent does, however that ends."""

import json
import os
import threading
import time
from collections.abc import Callable


def follow_parent(
    on_message: Callable[[object], None] | None = None, leave: Callable[[], object] = lambda: os._exit(0)
) -> None:
    """Obey stdin on a thread: ``on_message`` is given each line of JSON; ``leave()`` at once at its end."""

    def read():
        # Not sys.stdin: a thread waiting in its lock would break a normal exit.
        with open(0, "rb", buffering=0, closefd=False) as stdin:
            for line in stdin:
                if on_message is not None:
                    on_message(json.loads(line))
        leave()

    threading.Thread(target=read, daemon=True).start()
    # The second string: stdin stays open if another process inherited its other end.
    watch_parent(os.getppid(), leave)


def watch_parent(parent: int, leave: Callable[[], object] = lambda: os._exit(0)) -> None:
    """``leave()`` within a second when process ``parent`` is the parent no more."""

    def poll():
        while os.getppid() == parent:
            time.sleep(1)
        leave()

    threading.Thread(target=poll, daemon=True).start()
