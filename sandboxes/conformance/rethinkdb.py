"""``make conformance RETHINKDB_HOST=...``: ask a real RethinkDB what was recorded from one, and say what differs.

Without RETHINKDB_HOST a sandbox is asked. The databases ``d`` and ``feeds_0`` to ``feeds_7`` are dropped and made. Exit code 0: all
answers are the recorded ones, or refused with a reason that is listed.
"""

import argparse
import contextlib
import os
import sys
from functools import partial

from rethinkdb import r

import sandboxes

from . import reql


def main():
    parser = argparse.ArgumentParser(prog="python -m conformance.rethinkdb", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table of the sandbox into docs/conformance.md")
    options = parser.parse_args()
    host = os.environ.get("RETHINKDB_HOST")
    if host and options.write:
        return "conformance: the table is that of the sandbox: unset RETHINKDB_HOST"
    with contextlib.ExitStack() as stack:
        if host:
            port = int(os.environ.get("RETHINKDB_PORT", "28015"))
        else:
            server = stack.enter_context(sandboxes.start("rethinkdb"))
            host, port = server.host, server.port
        connect = partial(r.connect, host, port, password=os.environ.get("RETHINKDB_PASSWORD", ""))
        with connect() as conn:
            results = [*reql.ask_answers(conn, "first"), *reql.ask_answers(conn, "more")]
        results += reql.ask_feeds(connect)
    unexplained = 0
    for result in results:
        if result.verdict != "same":
            unexplained += result.verdict == "different" or result.name not in reql.REASONS
            print(f"{result.name} {result.asked}\n  recorded: {result.recorded}\n  answered: {result.answered}")
    same = sum(result.verdict == "same" for result in results)
    print(f"{len(results)} asked, {same} as recorded from RethinkDB 2.4.4, {unexplained} others without a reason")
    if options.write:
        reql.write(results)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
