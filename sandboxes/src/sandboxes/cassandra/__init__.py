"""A small server that speaks Cassandra's native protocol v4, for learning and for tests.

It is not a database: everything is in memory, in one process, and what it does not support it
refuses with an error that begins ``[sandbox]``. Where it answers, it answers as one node of
Cassandra 5.0 does; recorded answers of a real node are replayed against it in the tests.

``errors`` and ``types`` are the words of the protocol. ``lexer``, ``literals``, ``definitions`` and ``parser``
read CQL into a ``statement``. ``schema`` keeps keyspaces and tables with their ``options``, ``describe`` writes them
as CQL, ``storage`` keeps their rows. ``terms`` turns values and functions into bytes, ``jsons`` into JSON and back;
``where`` finds rows, ``filters`` compares what is in them, ``selection`` and ``select`` read them; ``changes``,
``conditions``, ``write`` and ``batch`` write them. ``system`` has the system tables, ``engine`` joins all this,
``wire`` and ``server`` are the protocol.

An error is Cassandra's own, with its code; or begins ``[sandbox]``, for what is not supported here; or begins
``[sandbox fault]``, for a mistake of the sandbox, which is written to stderr with its traceback.
"""
