"""GeneratorExit was caught. It says that nobody will read: clean up, and let it through."""

conn = connect()
rows = query(conn)
while True:
    try:
        row = next(rows, None)
        if row is None:
            break
        yield row
    except GeneratorExit:
        conn.close()
        yield None
conn.close()
