"""A context manager for the transaction, and one for the session."""

from contextlib import contextmanager

@contextmanager
def undone():
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()

with undone() as connection, Session(bind=connection, join_transaction_mode="create_savepoint") as session:
    yield session
