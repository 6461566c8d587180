"""A query may fail at once. Whatever comes after connect() belongs into the try."""

conn = connect()
rows = query(conn)
try:
    yield from rows
finally:
    conn.close()
