"""The end of the connection rolls back."""

connection = engine.connect()
connection.begin()
session = Session(bind=connection, join_transaction_mode="create_savepoint")
try:
    yield session
finally:
    session.close()
    connection.close()
