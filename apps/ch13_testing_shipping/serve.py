"""python -m APP.serve: waitress, which runs on Windows too, and ends on SIGTERM as on Ctrl-C."""

import os
import signal
import sys

from waitress import create_server

from . import create_app


def main():
    # waitress leaves SIGTERM to Python, which ends at once and runs no atexit function.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    server = create_server(create_app(), host="127.0.0.1", port=os.environ.get("PORT", 8000), threads=4)
    print(f"Listening at: http://{server.effective_host}:{server.effective_port}", file=sys.stderr)
    # Ends its threads when it ends: who is being served has 5 seconds.
    server.run()


if __name__ == "__main__":
    main()
