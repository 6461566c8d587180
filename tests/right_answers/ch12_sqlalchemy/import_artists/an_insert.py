"""An INSERT of Core in the savepoint, and a sum."""

from sqlalchemy import insert

def added(name):
    try:
        with session.begin_nested():
            session.execute(insert(Artist).values(slug=name, name=name))
            return True
    except IntegrityError:
        return False

return sum(added(name) for name in names)
