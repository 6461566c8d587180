"""list(...) takes the whole table. Yield each row as it comes."""

conn = connect()
try:
    rows = list(query(conn))
finally:
    conn.close()
yield from rows
