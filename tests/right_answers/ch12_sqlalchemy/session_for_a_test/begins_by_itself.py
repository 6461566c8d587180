"""A savepoint of the connection begins its transaction, too."""

connection = engine.connect()
connection.begin_nested()
session = Session(bind=connection)
try:
    yield session
finally:
    session.close()
    connection.close()
