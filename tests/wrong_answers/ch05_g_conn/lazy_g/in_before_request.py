"""A hook that connects is not lazy. Connect where somebody accesses g.conn."""

@app.before_request
def open_conn():
    g.conn = connect()


def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()


app.teardown_appcontext(close_conn)
