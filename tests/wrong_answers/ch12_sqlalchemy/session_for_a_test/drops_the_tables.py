"""What was there before the test must be there after it, tables and rows: do not clear up, roll back."""

from ch12_sqlalchemy.db import db as base
base.metadata.create_all(engine)
with Session(engine) as session:
    yield session
base.metadata.drop_all(engine)
