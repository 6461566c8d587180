"""A part of a second is lost here: multiply first, then round."""

@app.before_request
def start():
    g.began = perf_counter()
@app.after_request
def stop(response):
    response.headers["X-Milliseconds"] = str(int(perf_counter() - g.began) * 1000 if "began" in g else 0)
    return response
