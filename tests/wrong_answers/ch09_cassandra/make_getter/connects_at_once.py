"""make_getter runs while the app is made, and so before the fork. Connect in get_session."""

session = connect()

def get_session():
    return session

return get_session
