"""Which server a notebook talks to: the sandbox, or a real one named by the environment."""

from workbook.drivers.cassandra import Cassandra, cassandra
from workbook.drivers.mongodb import MongoDB, mongodb
from workbook.drivers.rethinkdb import RethinkDB, rethinkdb
from workbook.drivers.sqlalchemy import SQL, sql

__all__ = ["SQL", "Cassandra", "MongoDB", "RethinkDB", "cassandra", "mongodb", "rethinkdb", "sql"]
