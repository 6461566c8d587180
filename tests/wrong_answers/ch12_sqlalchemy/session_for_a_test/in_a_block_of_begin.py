"""The test must be able to commit and to roll back, and in a block of session.begin() it is not: begin the transaction on the connection."""

with engine.connect() as connection:
    transaction = connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        yield session
    transaction.rollback()
