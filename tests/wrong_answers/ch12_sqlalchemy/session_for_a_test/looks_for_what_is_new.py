"""A test changes and deletes rows, too. Do not look for what it did, roll all of it back."""

with Session(engine) as session:
    before = set(session.scalars(select(Artist.slug)))
    session.rollback()
    try:
        yield session
    finally:
        session.rollback()
        for artist in session.scalars(select(Artist).where(Artist.slug.not_in(before))):
            session.delete(artist)
        session.commit()
