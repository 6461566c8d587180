"""Leave commit() to the caller, who may want all of it undone."""

added = 0
for name in names:
    session.add(Artist(slug=name, name=name))
    try:
        session.commit()
        added += 1
    except IntegrityError:
        session.rollback()
return added
