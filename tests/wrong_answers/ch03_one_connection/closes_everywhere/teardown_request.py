"""The hook belongs to the request, and a command has none. Take that of the app context."""

app.teardown_request(close_conn)
