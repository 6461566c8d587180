"""What the sandboxes answer to all that was recorded."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from cassandra.auth import PlainTextAuthProvider
from rethinkdb import r

import sandboxes

from . import ask, golden, reql
from .probes import SECTIONS

# Sections in which a time to live runs out: the others are asked meanwhile.
WAITING = [section for section, probes in SECTIONS.items() if any(probe["do"] == "wait" for probe in probes)]


def cassandra_answers(start=partial(sandboxes.start, "cassandra")):
    """``{id: answer}``; ``start(*options)`` starts a sandbox."""

    def answers_of(sections, *arguments, **options):
        with start(*arguments) as server:
            return ask.ask_all(server.host, server.port, sections, **options)

    login = PlainTextAuthProvider("cassandra", "cassandra")
    password = "--user", "cassandra", "--password", "cassandra"
    others = [section for section in golden.OPEN if section not in WAITING]
    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(answers_of, [section]) for section in WAITING]
        found = answers_of(golden.PASSWORD, *password, auth_provider=login) | answers_of(others)
        for future in waiting:
            found |= future.result()
    return found


def rethinkdb_results():
    with sandboxes.start("rethinkdb") as server:
        return reql.ask_all(partial(r.connect, server.host, server.port))
