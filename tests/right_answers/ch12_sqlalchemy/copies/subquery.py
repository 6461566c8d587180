"""A sum of its own for each row, in one statement."""

total = select(func.coalesce(func.sum(Record.stock), 0)).where(Record.artist_slug == Artist.slug).scalar_subquery()
return dict(session.execute(select(Artist.name, total)).all())
