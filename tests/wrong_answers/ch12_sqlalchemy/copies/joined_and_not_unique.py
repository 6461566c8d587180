"""A joined collection gives an artist once for each record: call unique() on the result."""

artists = session.scalars(select(Artist).options(joinedload(Artist.records)))
return {artist.name: sum(record.stock for record in artist.records) for artist in artists}
