"""Is close_conn registered at all?"""

app.close_conn = close_conn
