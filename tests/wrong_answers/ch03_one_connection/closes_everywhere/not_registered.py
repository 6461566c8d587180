"""Nothing closed it at the end of the request. Is close_conn registered, and for the end?"""

app.close_conn = close_conn
