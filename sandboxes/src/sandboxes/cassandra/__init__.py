"""A small server that speaks Cassandra's native protocol v4, for learning and for tests.

It is not a database: everything is in memory, in one process, and what it does not support it
refuses with an error that begins ``[sandbox]``. Where it answers, it answers as one node of
Cassandra 5.0 does; recorded answers of a real node are replayed against it in the tests.

``errors`` and ``types`` are the words of the protocol and ``parser`` reads CQL. ``schema`` keeps keyspaces
and tables, ``storage`` their rows. ``terms`` turns values and functions into bytes, ``where`` finds rows,
``selection`` and ``select`` read them; ``changes``, ``conditions``, ``write`` and ``batch`` write them.
``system`` has the system tables, ``engine`` joins all this, ``wire`` and ``server`` are the protocol.
"""
