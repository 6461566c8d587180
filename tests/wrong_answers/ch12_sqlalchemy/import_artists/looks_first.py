"""To look first is not enough: somebody else may be faster. Catch what the database says."""

added = 0
for name in names:
    if session.get(Artist, name) is None:
        session.add(Artist(slug=name, name=name))
        session.flush()
        added += 1
return added
