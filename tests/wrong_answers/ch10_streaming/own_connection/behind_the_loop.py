"""What stands behind the loop runs only if the loop gets to its end. Put it into a finally."""

conn = connect()
for row in query(conn):
    yield row
conn.close()
