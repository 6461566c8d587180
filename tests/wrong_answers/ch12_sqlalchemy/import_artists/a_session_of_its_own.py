"""A session of your own is a transaction of its own, too: work in the session that you are given."""

added = 0
for name in names:
    with Session(session.get_bind()) as mine:
        try:
            mine.add(Artist(slug=name, name=name))
            mine.commit()
            added += 1
        except IntegrityError:
            mine.rollback()
return added
