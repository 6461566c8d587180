"""The names are those of the artists, the numbers the sums of their stock."""

artists = session.scalars(select(Artist).options(selectinload(Artist.records)))
return {artist.slug: sum(record.stock for record in artist.records) for artist in artists}
