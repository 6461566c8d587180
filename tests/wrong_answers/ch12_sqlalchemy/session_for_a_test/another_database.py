"""Bind the session to the engine given."""

from ch12_sqlalchemy.db import db as base
mine = create_engine("sqlite://")
base.metadata.create_all(mine)
with Session(mine) as session:
    yield session
