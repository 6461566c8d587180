"""One savepoint for all, and one for each only if that fails."""

def attempt(some):
    try:
        with session.begin_nested():
            session.add_all([Artist(slug=name, name=name) for name in some])
        return len(some)
    except IntegrityError:
        return 0

unique = list(set(names))
return attempt(unique) or sum(attempt([name]) for name in unique)
