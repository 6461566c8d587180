"""A client that hangs up raises GeneratorExit at the yield, and that is no Exception. finally covers both."""

conn = connect()
try:
    yield from query(conn)
except Exception:
    conn.close()
    raise
conn.close()
