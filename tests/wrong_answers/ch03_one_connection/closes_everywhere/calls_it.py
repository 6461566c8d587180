"""Hand the function over, without parentheses. Flask calls it when a context ends."""

app.teardown_appcontext(close_conn())
