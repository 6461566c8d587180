"""The command line: ``python -m sandboxes NAME``."""

import argparse
import importlib
import ipaddress
import json
import os
import signal
import sys
from collections.abc import Sequence

from sandboxes.parent import follow_parent

SERVERS = {"rethinkdb": "RethinkDB", "cassandra": "Cassandra"}


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def rethinkdb() -> int | str | None:
    """The command ``rethinkdb-sandbox``."""
    return main(["rethinkdb", *sys.argv[1:]], "rethinkdb-sandbox")


def cassandra() -> int | str | None:
    """The command ``cassandra-sandbox``."""
    return main(["cassandra", *sys.argv[1:]], "cassandra-sandbox")


def main(argv: Sequence[str] | None = None, prog: str = "sandboxes") -> int | str | None:
    """Run one server. The first line on stdout is its address as JSON; people read stderr."""
    parser = argparse.ArgumentParser(prog=prog, description="Run a sandbox of RethinkDB or Cassandra.")
    parser.add_argument("server", choices=sorted(SERVERS))
    parser.add_argument("--host", default="127.0.0.1", help="any but a loopback address needs --password")
    parser.add_argument("--port", type=int, default=0, help="0, the default: any free port")
    parser.add_argument("--deadline", type=float, default=10.0, help="seconds for a query; of Cassandra, for a SELECT")
    parser.add_argument("--user", default="cassandra", help="of Cassandra, with --password: who may log in")
    parser.add_argument("--password", help="without one, everybody may; of RethinkDB, that of admin")
    parser.add_argument("--shuffle", type=int, metavar="SEED", help="of RethinkDB: another order of unordered reads")
    parser.add_argument("--follow-parent", action="store_true", help="end when stdin does")
    options = parser.parse_args(argv)
    if not options.password and not is_loopback(options.host):
        parser.error(f"--host {options.host} can be reached from elsewhere: it needs --password")
    settings: dict[str, object] = {}
    if options.server == "cassandra":
        if options.shuffle is not None:
            parser.error("--shuffle is for rethinkdb")
        if options.password is not None:
            settings = {"user": options.user, "password": options.password}
    else:
        settings = {"password": options.password or "", "shuffle": options.shuffle}
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
