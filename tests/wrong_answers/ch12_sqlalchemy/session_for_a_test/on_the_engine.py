"""The test's commit() was a real one. Bind the session to a connection with a transaction that you have begun, and roll that back."""

with Session(engine) as session:
    yield session
    session.rollback()
