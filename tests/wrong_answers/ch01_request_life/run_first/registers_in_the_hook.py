"""The first request has begun: it is too late to register. Register one hook now, and let it decide when it runs."""

@app.before_request
def first():
    app.before_request(prepare)
