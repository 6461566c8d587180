"""To look first is not enough: somebody else may be faster. Catch what the database says."""

from sqlalchemy import insert

known = set(session.scalars(select(Artist.slug)))
rows = [{"slug": name, "name": name} for name in set(names) - known]
if rows:
    session.execute(insert(Artist), rows)
return len(rows)
