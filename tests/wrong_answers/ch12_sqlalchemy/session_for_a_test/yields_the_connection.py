"""Yield the session: a test adds to it."""

with engine.connect() as connection:
    transaction = connection.begin()
    yield connection
    transaction.rollback()
