"""Write yield where the test is to run; after it comes what the end of the test does."""

connection = engine.connect()
connection.begin()
return Session(connection, join_transaction_mode="create_savepoint")
