"""One for the artists and one for the records of each. Load the records of all artists at once."""

return {artist.name: sum(record.stock for record in artist.records) for artist in session.scalars(select(Artist))}
