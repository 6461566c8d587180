"""The session is in a transaction already, the caller's. What may fail alone goes into a savepoint: session.begin_nested()."""

added = 0
for name in names:
    try:
        with session.begin():
            session.add(Artist(slug=name, name=name))
        added += 1
    except IntegrityError:
        pass
return added
