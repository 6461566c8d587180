"""The sums, and the names of all."""

sums = dict(session.execute(select(Record.artist_slug, func.sum(Record.stock)).group_by(Record.artist_slug)).all())
return {artist.name: int(sums.get(artist.slug, 0)) for artist in session.scalars(select(Artist))}
