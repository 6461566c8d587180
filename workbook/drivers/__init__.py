"""One module for each database, and what it stands on.

Each has ``SOCKETS`` (the module of the driver that opens connections) with ``watch(recorder, module)``.
Those that have a server have a class and a function for an empty database with its ``settings``, too,
and for the others of this house ``PACKAGE`` (what `import` calls the driver) and ``look()``, the doctor's row.
"""
