"""The rows come through it. Close it when there are no more."""

conn = connect()
rows = query(conn)
first = next(rows)
conn.close()
yield first
yield from rows
