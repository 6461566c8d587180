"""Where there is no connection, there is none to be closed: connect before the try."""

try:
    conn = connect()
    yield from query(conn)
finally:
    conn.close()
