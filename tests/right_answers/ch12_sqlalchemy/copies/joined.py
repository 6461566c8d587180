"""One statement with all the records."""

artists = session.scalars(select(Artist).options(joinedload(Artist.records))).unique()
return {artist.name: sum(record.stock for record in artist.records) for artist in artists}
