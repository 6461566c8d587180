"""A savepoint without a with block."""

added = 0
for name in names:
    savepoint = session.begin_nested()
    session.add(Artist(slug=name, name=name))
    try:
        session.flush()
    except IntegrityError:
        savepoint.rollback()
    else:
        savepoint.commit()
        added += 1
return added
