"""Something waits for the first request to register. A command does not: register at once."""

@app.before_request
def once():
    if close_conn not in app.teardown_appcontext_funcs:
        app.teardown_appcontext_funcs.append(close_conn)
