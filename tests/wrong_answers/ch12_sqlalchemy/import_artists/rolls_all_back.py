"""rollback() and close() undo the whole transaction, the caller's part too. Undo the one row."""

added = 0
for name in names:
    session.add(Artist(slug=name, name=name))
    try:
        session.flush()
        added += 1
    except IntegrityError:
        session.rollback()
return added
