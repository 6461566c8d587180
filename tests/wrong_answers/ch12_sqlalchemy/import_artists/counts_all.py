"""Count those that were added, when their savepoint has ended well."""

for name in names:
    try:
        with session.begin_nested():
            session.add(Artist(slug=name, name=name))
    except IntegrityError:
        pass
return len(names)
