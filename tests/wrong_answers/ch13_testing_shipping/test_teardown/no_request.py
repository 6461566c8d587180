"""GET requests to /songs and /fails open one each: app.test_client() sends them."""

assert all(conn.closed == 1 for conn in app.extensions["opened"])
