"""The test runs while the generator waits at the yield. Close nothing before that."""

with engine.connect() as connection:
    connection.begin()
    session = Session(connection, join_transaction_mode="create_savepoint")
yield session
