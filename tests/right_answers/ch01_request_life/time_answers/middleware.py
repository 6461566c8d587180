"""Around the whole app, as WSGI middleware."""

inner = app.wsgi_app

def timed(environ, start_response):
    started = perf_counter()

    def start(status, headers, exc_info=None):
        headers.append(("X-Milliseconds", f"{(perf_counter() - started) * 1000:.3f}"))
        return start_response(status, headers, exc_info)

    return inner(environ, start)

app.wsgi_app = timed
