"""Most names cost no error."""

added = 0
for name in dict.fromkeys(names):
    if session.get(Artist, name):
        continue
    try:
        with session.begin_nested():
            session.add(Artist(slug=name, name=name))
        added += 1
    except IntegrityError:
        pass
return added
