"""The except took this error for a name that is there already. The slug is the name, too."""

added = 0
for slug in names:
    try:
        with session.begin_nested():
            session.add(Artist(slug=slug))
        added += 1
    except IntegrityError:
        pass
return added
