"""One module for each database, and what it stands on.

Each has a class and a function for an empty database with its ``settings``, and for the others of
this house ``PACKAGE`` (what `import` calls the driver), ``SOCKETS`` (the driver's module that opens
them) with ``watch(recorder, module)``, and ``look()``, the doctor's row.
"""
