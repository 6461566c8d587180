"""An ExitStack ends everything."""

from contextlib import ExitStack
with ExitStack() as stack:
    connection = stack.enter_context(engine.connect())
    transaction = connection.begin()
    stack.callback(transaction.rollback)
    make = sessionmaker(bind=connection, join_transaction_mode="create_savepoint")
    yield stack.enter_context(make())
