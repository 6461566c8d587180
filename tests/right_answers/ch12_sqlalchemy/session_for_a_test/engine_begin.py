"""engine.begin(), and a rollback before its end."""

with engine.begin() as connection:
    session = Session(connection, join_transaction_mode="create_savepoint")
    try:
        yield session
    finally:
        session.close()
        connection.rollback()
