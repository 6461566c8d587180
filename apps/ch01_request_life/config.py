class Config:
    FRONTEND = "https://jukebox.example"
    # True answers every request with 503.
    MAINTENANCE = False
    # True puts the CORS hook where it misses some answers: the wrong way, kept to be compared.
    CORS_ON_BLUEPRINT = False


class TestConfig(Config):
    # Errors in views reach the test instead of becoming a 500.
    TESTING = True
