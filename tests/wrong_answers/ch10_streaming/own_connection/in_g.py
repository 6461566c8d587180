"""There is no context when the generator runs, so no g and no current_app. Keep the connection in a variable of the generator."""

if "conn" not in g:
    g.conn = connect()
yield from query(g.conn)
