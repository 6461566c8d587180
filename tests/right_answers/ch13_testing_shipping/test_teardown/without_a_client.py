"""dispatches requests that nobody sent"""

opened = app.extensions["opened"]
for path in ("/", "/songs", "/fails"):
    try:
        with app.test_request_context(path):
            app.dispatch_request() if path != "/" else app.full_dispatch_request()
    except AttributeError:
        pass
assert len(opened) == 2
assert [c.closed for c in opened] == [1, 1]
