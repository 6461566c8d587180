"""The end without any error is an end too. finally covers all of them."""

conn = connect()
try:
    yield from query(conn)
except BaseException:
    conn.close()
    raise
