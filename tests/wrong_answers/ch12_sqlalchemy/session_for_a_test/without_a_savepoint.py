"""The rollback ended your outer transaction. Let the session join with a savepoint: join_transaction_mode."""

with engine.connect() as connection:
    transaction = connection.begin()
    with Session(connection, join_transaction_mode="rollback_only") as session:
        yield session
    transaction.rollback()
