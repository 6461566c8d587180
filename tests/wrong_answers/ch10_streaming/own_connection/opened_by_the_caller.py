"""That happened in the function, not in the generator. A HEAD request would leave it open for ever."""

conn = connect()

def rows():
    try:
        yield from query(conn)
    finally:
        conn.close()

return rows()
