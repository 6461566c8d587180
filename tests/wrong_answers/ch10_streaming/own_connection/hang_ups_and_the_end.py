"""GeneratorExit is one way out of three. finally covers errors as well."""

conn = connect()
try:
    yield from query(conn)
except GeneratorExit:
    conn.close()
    raise
conn.close()
