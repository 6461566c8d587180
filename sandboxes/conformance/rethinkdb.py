"""``make conformance RETHINKDB_HOST=...``: ask a real RethinkDB what was recorded from one, and say what differs.

The databases ``d`` and ``feeds_0`` to ``feeds_7`` are dropped and made. Exit code 0: all answers are the recorded
ones, or refused with a reason that is listed.
"""

import os
import sys
from functools import partial

from rethinkdb import r

from . import reql


def main():
    host = os.environ.get("RETHINKDB_HOST")
    if not host:
        return "conformance: set RETHINKDB_HOST to the address of a RethinkDB"
    port, password = int(os.environ.get("RETHINKDB_PORT", "28015")), os.environ.get("RETHINKDB_PASSWORD", "")
    results = reql.ask_all(partial(r.connect, host, port, password=password))
    unexplained = 0
    for result in results:
        if result.verdict != "same":
            unexplained += result.verdict == "different" or result.name not in reql.REASONS
            print(f"{result.name} {result.asked}\n  recorded: {result.recorded}\n  answered: {result.answered}")
    same = sum(result.verdict == "same" for result in results)
    print(f"{len(results)} asked, {same} as recorded from RethinkDB 2.4.4, {unexplained} others without a reason")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
