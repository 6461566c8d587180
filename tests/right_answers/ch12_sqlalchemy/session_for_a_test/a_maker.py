"""A sessionmaker for the connection."""

with engine.connect() as connection:
    outer = connection.begin()
    make = sessionmaker(connection, join_transaction_mode="create_savepoint")
    with make() as session:
        try:
            yield session
        finally:
            session.close()
            outer.rollback()
