"""`make jukebox`: a process that serves the capstone, and leaves nothing behind."""

import re
import signal
import subprocess
import sys

import httpx
import psutil

from processes import left_running


def test_the_jukebox_is_served_until_ctrl_c():
    command = [sys.executable, "-m", "workbook", "jukebox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            printed = []
            while not (found := re.search(r"http://\S+", printed[-1] if printed else "")):
                line = process.stdout.readline()
                assert line, process.stderr.read()
                printed.append(line)
            sandboxes = psutil.Process(process.pid).children(recursive=True)
            assert len(sandboxes) >= 3
            with httpx.Client(base_url=found[0], trust_env=False, timeout=30) as client:
                name, password = re.search(r"^(\w+) \(dj\): (\S+)$", "".join(printed), re.M).groups()
                token = {"X-CSRFToken": client.get("/api/csrf").json()["token"]}
                who = client.post("/api/login", json={"name": name, "password": password}, headers=token)
                assert who.json()["roles"] == ["listener", "dj"]
                with client.stream("GET", "/api/feed") as page:
                    lines = page.iter_lines()
                    assert next(line for line in lines if line.startswith("event: queue"))
                    process.send_signal(signal.SIGINT)
                    # The page is ended by the server, and not given up by us.
                    assert [line for line in lines if line.startswith("event")] == []
            assert process.wait(timeout=20) == 0, process.stderr.read()
        finally:
            process.kill()
    assert left_running(sandboxes, seconds=10) == []
