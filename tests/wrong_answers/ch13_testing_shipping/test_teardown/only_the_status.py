"""Ask the connections in app.extensions['opened'] how often they were closed."""

response = app.test_client().get("/songs")
assert response.status_code == 200
