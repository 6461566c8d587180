"""A MongoDB server program that cannot outlive its parent: ``python -m workbook.drivers.mongod PROGRAM PORT``.

It listens on loopback alone and stores in a folder that goes when it goes.
"""

import os
import shutil
import subprocess
import sys
import tempfile

from sandboxes.parent import follow_parent
from workbook.child import take_stdout

OPTIONS = ["--bind_ip", "127.0.0.1"]
# The least that it takes: by itself each one would claim half of the machine's memory.
OPTIONS += ["--wiredTigerCacheSizeGB", "0.25"]
# A set of one member: transactions, change streams and retryable writes need one.
REPLICA_SET = "workbook"
OPTIONS += ["--replSet", REPLICA_SET]
if os.name == "posix":
    OPTIONS += ["--nounixsocket"]  # its file in /tmp would be left by a kill


def main(program, port):
    """Run ``program`` until it ends or the parent does; reports its ``folder`` and its pid as ``server``."""
    folder = tempfile.mkdtemp(prefix="workbook-")
    report = take_stdout()
    report({"folder": folder})
    server = subprocess.Popen([program, *OPTIONS, "--port", port, "--dbpath", folder], stdin=subprocess.DEVNULL)

    def leave():
        # Whatever it stored was for this session alone: no need to wait for a tidy end.
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    follow_parent(leave=leave)
    report({"server": server.pid})
    code = server.wait()
    shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
