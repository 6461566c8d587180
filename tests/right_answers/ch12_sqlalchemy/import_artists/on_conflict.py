"""ON CONFLICT DO NOTHING, and RETURNING those that are new."""

from sqlalchemy.dialects import postgresql, sqlite
rows = [{"slug": name, "name": name} for name in set(names)]
if not rows:
    return 0
insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name]
statement = insert(Artist).values(rows).on_conflict_do_nothing().returning(Artist.slug)
return len(session.execute(statement).all())
