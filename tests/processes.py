"""Whether processes are gone."""

import time

import psutil


def left_running(processes, seconds=2.0):
    """Those of ``processes`` (psutil's) that still run after so long; returns once none does."""
    deadline = time.monotonic() + seconds
    while (left := [process for process in processes if _runs(process)]) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left


def _runs(process):
    """Whether a process is more than a zombie that nobody has fetched yet."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
