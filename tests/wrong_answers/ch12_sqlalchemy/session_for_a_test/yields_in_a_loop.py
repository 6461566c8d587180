"""A test runs once: no loop around the yield."""

while True:
    with engine.connect() as connection:
        connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
