"""An inner join leaves out who has no match. Use an outer join."""

query = select(Artist.name, func.sum(Record.stock)).join(Artist.records).group_by(Artist.name)
return {name: int(number) for name, number in session.execute(query)}
