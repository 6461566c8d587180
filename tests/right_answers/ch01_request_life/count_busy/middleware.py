"""Around the whole app, with try and finally."""

inner = app.wsgi_app

def counted(environ, start_response):
    app.extensions["busy"] += 1
    try:
        return inner(environ, start_response)
    finally:
        app.extensions["busy"] -= 1

app.wsgi_app = counted
