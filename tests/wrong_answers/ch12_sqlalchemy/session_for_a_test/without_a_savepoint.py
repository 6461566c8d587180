"""A rollback() goes back to the last commit(), here too. Let the session join your transaction with a savepoint: join_transaction_mode."""

with engine.connect() as connection:
    transaction = connection.begin()
    with Session(connection, join_transaction_mode="rollback_only") as session:
        yield session
    transaction.rollback()
