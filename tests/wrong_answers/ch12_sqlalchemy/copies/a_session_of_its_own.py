"""Ask the session that you are given."""

with Session(session.get_bind()) as mine:
    artists = mine.scalars(select(Artist).options(selectinload(Artist.records))).all()
    return {a.name: sum(r.stock for r in a.records) for a in artists}
