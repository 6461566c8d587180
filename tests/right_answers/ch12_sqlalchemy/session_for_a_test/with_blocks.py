"""The transaction is a with block, too."""

with engine.connect() as connection, connection.begin() as transaction:
    session = Session(connection, join_transaction_mode="create_savepoint")
    try:
        yield session
    finally:
        session.close()
        transaction.rollback()
