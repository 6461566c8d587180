"""Two statements, and the sum in Python."""

artists = session.scalars(select(Artist).options(selectinload(Artist.records)))
return {artist.name: sum(record.stock for record in artist.records) for artist in artists}
