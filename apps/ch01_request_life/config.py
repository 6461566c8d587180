from urllib.parse import urlsplit


class Config:
    # The origin whose pages may read the responses: scheme and host, no path.
    FRONTEND = "https://jukebox.example"
    # True answers every request with 503.
    MAINTENANCE = False
    # True puts the CORS hook where it misses some responses: the wrong way, kept to be compared.
    CORS_ON_BLUEPRINT = False
    # True forgets that not every song has notes: a bug, kept to see what a failing view does.
    NOTES_BUG = False


class TestConfig(Config):
    # Errors in views reach the test instead of becoming a 500.
    TESTING = True


def check_settings(config):
    """Stop the app at its start: one RuntimeError that names every bad setting."""
    wrong = []
    if not is_origin(config["FRONTEND"]):
        wrong.append("FRONTEND must be an origin such as https://jukebox.example")
    for name in ("MAINTENANCE", "CORS_ON_BLUEPRINT", "NOTES_BUG"):
        # The environment gives a bool for true and false; "False" is a string, and counts as true.
        if not isinstance(config[name], bool):
            wrong.append(f"{name} must be true or false")
    if wrong:
        raise RuntimeError("bad settings: " + "; ".join(wrong))


def is_origin(text):
    try:
        parts = urlsplit(text)
        return text == f"{parts.scheme}://{parts.netloc}" and parts.scheme in ("http", "https") and bool(parts.hostname)
    except (AttributeError, TypeError, ValueError):
        return False
