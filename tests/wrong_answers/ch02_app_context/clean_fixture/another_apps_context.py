"""fill() asks current_app where the database is. Open the context of the app whose client you
yield."""

with Flask("other").app_context():
    fill()
yield create_app().test_client()
