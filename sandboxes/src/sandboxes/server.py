"""A sandbox in a process of its own, started from Python."""

import collections
import json
import subprocess
import sys
import threading
from typing import Self

LOG_LINES = 5000


class StartError(Exception):
    """A sandbox did not start; the message is what it said."""


class Server:
    """``sandboxes.start(kind)``: a running sandbox, at ``host`` and ``port``.

    A context manager; ``stop()`` ends it, and so does the end of the process that started it.
    """

    host: str
    port: int

    def __init__(self, kind: str, *options: str) -> None:
        self._log: collections.deque[str] = collections.deque(maxlen=LOG_LINES)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandboxes", kind, "--follow-parent", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the program that started it
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise StartError(self.log.strip())
        address = json.loads(line)
        self.host, self.port = address["host"], address["port"]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def log(self) -> str:
        """What it wrote to stderr so far, its last 5,000 lines."""
        return "".join(list(self._log))

    def stop(self) -> None:
        """End it and wait until it is gone. Safe to call again."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(timeout=1)
        self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def _read(self) -> None:
        with self.process.stderr as lines:
            for line in lines:
                self._log.append(line.decode(errors="replace"))
