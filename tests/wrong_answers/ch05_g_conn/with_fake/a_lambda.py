"""A signal holds its receivers by weak references. Give the function a name that lives long enough."""

appcontext_pushed.connect(lambda sender: setattr(g, "conn", fake), app)
return app.test_client().get(path)
