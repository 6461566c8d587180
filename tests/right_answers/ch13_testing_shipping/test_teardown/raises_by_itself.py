"""raises the AssertionError itself, and opens a client for each request"""

for path, number in {"/": 0, "/songs": 1, "/fails": 1}.items():
    before = len(app.extensions["opened"])
    app.test_client().get(path)
    new = app.extensions["opened"][before:]
    if len(new) != number or any(conn.closed != 1 for conn in new):
        raise AssertionError(f"{path}: {len(new)} opened, closed {[conn.closed for conn in new]}")
