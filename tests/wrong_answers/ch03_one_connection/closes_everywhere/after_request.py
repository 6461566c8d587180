"""Choose a hook that also runs when the view raised."""

@app.after_request
def close(response):
    if response.status_code == 200:
        close_conn()
    return response
