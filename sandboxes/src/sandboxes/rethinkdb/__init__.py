"""A small server that speaks RethinkDB's wire protocol, for learning and for tests.

It is not a database: everything is in memory, in one process, and what it does not support it
refuses with an error that begins ``[sandbox]``. Where it answers, it answers as RethinkDB 2.4.4
does; recorded answers of a real server are replayed against it in the tests.

``terms/`` has the terms of ReQL, one module for each kind: ``terms/joins.py``, ``terms/writes.py`` and so on.
``registry`` lists them, ``compiler`` and ``query`` make a tree of them and run it, ``quick`` runs small ones
faster, and ``results`` is what they give. Values are in ``datum``, ``keys``, ``text`` and ``grisu``; what is kept, in
``store``,
``database``, ``table``, ``stored``, ``feeds`` and ``system``. The wire is ``server``, ``connection``, ``handshake``,
``scram`` and ``cursors``.
"""
