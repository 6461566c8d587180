"""Something that you registered raised. Register while the app is made, on the app, and not in a
hook."""

@app.before_request
def start():
    app.teardown_appcontext(close_conn)
