"""A small server that speaks RethinkDB's wire protocol, for learning and for tests.

It is not a database: everything is in memory, in one process, and what it does not support it
refuses with an error that begins ``[sandbox]``. Where it answers, it answers as RethinkDB 2.4.4
does; recorded answers of a real server are replayed against it in the tests.

``datum`` has the values, ``query`` compiles and evaluates terms, ``terms_*`` are the terms,
``store`` keeps the tables, ``scram`` and ``server`` are the wire.
"""
