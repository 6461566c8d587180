"""An INSERT that is given no rows is an INSERT of one row without values. Return before it."""

from sqlalchemy.dialects.sqlite import insert
statement = insert(Artist).on_conflict_do_nothing().returning(Artist.slug)
return len(session.scalars(statement, [{"slug": name, "name": name} for name in names]).all())
