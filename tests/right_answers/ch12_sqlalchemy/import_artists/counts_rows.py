"""The database counts."""

def there():
    return session.scalar(select(func.count()).select_from(Artist))

before = there()
for name in names:
    try:
        with session.begin_nested():
            session.add(Artist(slug=name, name=name))
            session.flush()
    except IntegrityError:
        continue
return there() - before
