"""Rows of an outer join, summed in Python, in a defaultdict."""

from collections import defaultdict
result = defaultdict(int)
for name, stock in session.execute(select(Artist.name, Record.stock).join(Artist.records, isouter=True)):
    result[name] += stock or 0
return result
