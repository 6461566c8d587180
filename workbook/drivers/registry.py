"""Every database that there is, in the doctor's order."""

from workbook.drivers import cassandra, mongodb, rethinkdb

DRIVERS = [rethinkdb, cassandra, mongodb]
