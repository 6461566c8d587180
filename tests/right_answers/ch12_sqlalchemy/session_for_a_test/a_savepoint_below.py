"""The connection is in a savepoint, and the session's own way to join in makes one more."""

connection = engine.connect()
outer = connection.begin()
connection.begin_nested()
session = Session(connection)
try:
    yield session
finally:
    session.close()
    outer.rollback()
    connection.close()
