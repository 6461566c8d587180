"""A PostgreSQL for tests: a temporary cluster on loopback, made with the programs that this machine has.

This module is both sides: ``serving()`` for the tests, and the program that it starts, which ends the
server and removes its files when its standard input ends.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path


def programs():
    """The folder of ``initdb`` and ``postgres``, or None; Debian keeps them off PATH, a folder for each version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


@contextlib.contextmanager
def serving():
    """The URL of a server that is there as long as the block. RuntimeError with what it said if it did not start."""
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
        # The end of its input is its end.
        with process.stdin:
            line = process.stdout.readline()
            if not line.startswith("postgresql://"):
                raise RuntimeError(line + process.stdout.read())
            yield line.strip()


def main():
    bin_, password = programs(), secrets.token_urlsafe()
    # PostgreSQL refuses to run as root.
    other = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="workbook-postgresql-") as folder, socket.socket() as place:
        (Path(folder) / "password").write_text(password)
        if other:
            for path in (folder, f"{folder}/password"):
                shutil.chown(path, "postgres", "postgres")
        words = "--username workbook --auth scram-sha-256 --encoding UTF8 --locale C --no-sync --pwfile password"
        run = {"cwd": folder, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8", **other}
        made = subprocess.run([bin_ / "initdb", "--pgdata", "data", *words.split()], **run)
        if made.returncode:
            sys.exit(print(made.stdout))
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
        place.close()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            **dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off"),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with subprocess.Popen([bin_ / "postgres", "-D", "data", *options], **run) as server:
            try:
                said = []
                for line in server.stdout:
                    said.append(line)
                    if "ready to accept connections" in line:
                        print(f"postgresql://workbook:{password}@127.0.0.1:{port}/postgres", flush=True)
                        # What nobody reads would stop it in the end.
                        threading.Thread(target=server.stdout.read, daemon=True).start()
                        sys.stdin.read()
                        return
                print("".join(said))
            finally:
                server.send_signal(signal.SIGQUIT)  # at once, whoever is connected


if __name__ == "__main__":
    main()
