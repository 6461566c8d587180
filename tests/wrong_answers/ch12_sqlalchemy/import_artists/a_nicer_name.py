"""The slug is the name, too, as it came."""

added = 0
for name in names:
    try:
        with session.begin_nested():
            session.add(Artist(slug=name, name=name.replace("-", " ").title()))
        added += 1
    except IntegrityError:
        pass
return added
