"""Make one app and fill its database once, before the yield."""

with create_app().app_context():
    fill()
yield create_app().test_client()
