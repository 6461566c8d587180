"""The flush has rolled back, and the session wants to be told that you know. Put each row into a savepoint of the session."""

added = 0
for name in names:
    session.add(Artist(slug=name, name=name))
    try:
        session.flush()
        added += 1
    except IntegrityError:
        pass
return added
