"""One name is taken, the others are not: go on with the next one."""

try:
    with session.begin_nested():
        for name in names:
            session.add(Artist(slug=name, name=name))
            session.flush()
except IntegrityError:
    pass
return len(set(names)) - 1
