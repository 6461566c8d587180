"""The command line: ``python -m sandboxes NAME``."""

import argparse
import importlib
import json
import os
import signal
import sys

from sandboxes.parent import follow_parent

SERVERS = {"rethinkdb": "RethinkDB", "cassandra": "Cassandra"}


def main(argv=None, prog="sandboxes"):
    """Run one server. The first line on stdout is its address as JSON; people read stderr."""
    parser = argparse.ArgumentParser(prog=prog, description="Run a sandbox of RethinkDB or Cassandra.")
    parser.add_argument("server", choices=sorted(SERVERS))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0, the default: any free port")
    parser.add_argument("--deadline", type=float, default=10.0, help="seconds for a query; of Cassandra, for a SELECT")
    parser.add_argument("--user", default="cassandra", help="of Cassandra, with --password: who may log in")
    parser.add_argument("--password", help="of Cassandra; without one, everybody may")
    parser.add_argument("--follow-parent", action="store_true", help="end when stdin does")
    options = parser.parse_args(argv)
    settings = {}
    if options.password is not None:
        if options.server != "cassandra":
            parser.error("--password is for cassandra")
        settings = {"user": options.user, "password": options.password}
    if options.follow_parent:
        follow_parent()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

    def announce(host, port):
        print(
            f"This is a sandbox that speaks {SERVERS[options.server]}'s protocol on {host}:{port}. "
            "It is not a database: everything is in memory and gone when it ends.",
            file=sys.stderr,
            flush=True,
        )
        print(json.dumps({"host": host, "port": port}), flush=True)

    serve = importlib.import_module(f"sandboxes.{options.server}.server").serve
    try:
        serve(options.host, options.port, announce, options.deadline, **settings)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return f"{prog}: cannot listen on {options.host}:{options.port}: {reason}"
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
