"""An outer join with a subquery of the sums."""

sums = select(Record.artist_slug, func.sum(Record.stock).label("n")).group_by(Record.artist_slug).subquery()
query = select(Artist.name, func.coalesce(sums.c.n, 0)).outerjoin(sums, sums.c.artist_slug == Artist.slug)
return {name: int(n) for name, n in session.execute(query)}
