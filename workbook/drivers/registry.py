"""Every database that there is, in the doctor's order, and what the recorder watches."""

from workbook.drivers import cassandra, mongodb, rethinkdb, sqlalchemy, sqlite

DRIVERS = [rethinkdb, cassandra, mongodb, sqlalchemy]
WATCHED = [*DRIVERS, sqlite]
