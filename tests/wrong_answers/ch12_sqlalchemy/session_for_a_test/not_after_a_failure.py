"""pytest closes the generator where it waits, at the yield. What must happen all the same stands in a finally, or at the end of a with block."""

connection = engine.connect()
transaction = connection.begin()
session = Session(connection, join_transaction_mode="create_savepoint")
yield session
session.close()
transaction.rollback()
connection.close()
