"""Child processes that cannot outlive their parent.

The parent keeps the child's stdin open and writes commands to it; when the parent
dies, however it dies, the child reads end-of-file and is gone. The child's stdout
is a channel of JSON lines for the parent alone; what it logs goes to stderr.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import deque

from sandboxes.parent import follow_parent
from workbook.surroundings import plain

LOG_LINES = 5000
MARK = b"\x00read so far: "  # in the log's pipe, after all that was written before a sync


class ChildDied(Exception):
    """A child process ended before it reported what was waited for.

    ``log`` is all that it wrote to stderr.
    """

    def __init__(self, message, log):
        super().__init__(message)
        self.log = log


class Child:
    """A Python process started with ``python -m module *arguments``.

    ``on_event`` is called with what the child reports as its ``event``, in order, on
    a thread of its own; ``on_log`` with each line of its log.
    """

    def __init__(self, module, *arguments, environ=None, on_event=lambda event: None, on_log=lambda line: None):
        self._condition = threading.Condition()
        self._reports = deque()
        self._log = deque(maxlen=LOG_LINES)
        self._syncs = 0
        self._log_read = 0
        self._on_event = on_event
        self._on_log = on_log
        self._ended = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=plain(os.environ) if environ is None else environ,
            # A session of its own: Ctrl-C and "interrupt kernel" are for the notebook.
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=target, daemon=True) for target in (self._read_reports, self._read_log)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self):
        return self.process.pid

    @property
    def running(self):
        return self.process.poll() is None

    @property
    def log(self):
        """What the child wrote to stderr so far, its last 5,000 lines."""
        return "".join(list(self._log))

    def send(self, **message):
        """Write one JSON line to the child; silent if it is gone."""
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()
        except (OSError, ValueError):
            pass

    def wait_for(self, key, value=None, timeout=10.0):
        """The first report that has ``key`` (and there ``value``, if given).

        Raises ChildDied if the child ends first, TimeoutError after ``timeout`` seconds.
        """

        def find():
            for report in self._reports:
                if key in report and value in (None, report[key]):
                    self._reports.remove(report)
                    return report

        return self._wait(find, repr(key), timeout)

    def wait_for_line(self, pattern, timeout=10.0):
        """The first match of a regular expression in a line of the log; raises as ``wait_for``."""
        return self._wait(lambda: re.search(pattern, self.log), f"line like {pattern!r}", timeout)

    def _wait(self, find, what, timeout):
        """What ``find()`` finds, asked again after each report and each line of the log."""
        deadline = time.monotonic() + timeout
        with self._condition:
            while True:
                if found := find():
                    return found
                if self._ended:
                    break
                if not self._condition.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"no {what} from the child process in {timeout} s")
        self._readers[1].join(timeout=1)
        raise ChildDied(f"the child process ended with code {self.process.wait()}", self.log)

    def sync(self, timeout=10.0):
        """Wait until all that the child did so far is in its reports and its log.

        Silent if the child is gone; TimeoutError as ``wait_for``.
        """
        with self._condition:
            self._syncs += 1
            number = self._syncs
        self.send(sync=number)
        try:
            self.wait_for("synced", number, timeout)
        except ChildDied:
            return
        with self._condition:
            self._condition.wait_for(lambda: self._log_read >= number or self._ended, timeout)

    def stop(self):
        """End the child at once and wait for it. Safe to call again."""
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(timeout=1)
        for report in list(self._reports):
            # A foreign server that was killed had no time to clear up.
            if "folder" in report:
                shutil.rmtree(report["folder"], ignore_errors=True)

    def _read_reports(self):
        for line in self.process.stdout:
            report = json.loads(line)
            if "event" in report:
                self._on_event(report["event"])
                continue
            with self._condition:
                self._reports.append(report)
                self._condition.notify_all()
        with self._condition:
            self._ended = True
            self._condition.notify_all()

    def _read_log(self):
        for line in self.process.stderr:
            text, mark, number = line.partition(MARK)
            if text:
                self._on_log(text.decode(errors="replace"))
            with self._condition:
                if text:
                    self._log.append(text.decode(errors="replace"))
                if mark:
                    self._log_read = int(number)
                self._condition.notify_all()


def take_stdout():
    """In the child: keep fd 1 for reports, send what others print to stderr.

    Returns a function that reports one JSON-serialisable dict as a line.
    """
    channel = os.dup(1)
    os.set_inheritable(channel, False)
    os.dup2(2, 1)
    # A pipe would keep back what is printed until there is a lot of it. Lines, not single
    # writes: those of two threads would mix.
    sys.stdout.reconfigure(line_buffering=True, write_through=False)
    lock = threading.Lock()

    def report(message):
        data = json.dumps(message, default=str).encode() + b"\n"
        with lock:
            while data:
                data = data[os.write(channel, data) :]

    return report


def answer_sync(report, number):
    """In the child: tell the parent that it has been told everything."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.write(2, MARK + f"{number}\n".encode())
    report({"synced": number})


def _run_foreign(module):
    """Run a server that knows nothing of its parent, in a folder that goes when it goes."""
    import runpy
    import tempfile

    folder = tempfile.mkdtemp(prefix="workbook-")

    def leave():
        # Whatever it stored was for this session alone: no need to wait for a tidy end.
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    report = take_stdout()
    report({"folder": folder})
    report({"server": os.getpid()})
    os.chdir(folder)
    follow_parent(leave=leave)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    del sys.argv[0]
    _run_foreign(sys.argv[0])
