"""python -m APP.serve: waitress, which runs on Windows too, and here ends on SIGTERM as on Ctrl-C."""

import os
import signal
import sys

from waitress import create_server

from . import create_app


def main():
    # waitress has no handler for it: the process would end at once, and run no atexit function.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    server = create_server(create_app(), host="127.0.0.1", port=os.environ.get("PORT", 8000), threads=4)
    print(f"Listening at: http://{server.effective_host}:{server.effective_port}", file=sys.stderr)
    # Told to stop, it ends its threads: who is being served has 5 seconds. What of a long response
    # has not been sent by then is lost, as the loop that sends it has ended.
    server.run()


if __name__ == "__main__":
    main()
