"""Close the connection at the end, or use it in a with block."""

connection = engine.connect()
transaction = connection.begin()
session = Session(connection, join_transaction_mode="create_savepoint")
yield session
session.close()
transaction.rollback()
