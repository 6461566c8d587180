"""app.test_client() sends requests."""

assert all(conn.closed == 1 for conn in app.extensions["opened"])
