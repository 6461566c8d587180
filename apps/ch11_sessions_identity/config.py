class Config:
    # There is no default: one that stands in a repository is not secret.
    SECRET_KEY = None

    MONGODB_URI = "mongodb://127.0.0.1:27017"
    MONGODB_DB = "shop"
    # How long to wait for an answer; pymongo's own default is for ever.
    MONGODB_SOCKET_MS = 5000
    # The path of an SQLite file; without one there are no orders.
    ORDERS_DB = None

    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    MAX_CONTENT_LENGTH = 64 * 1024

    # True keeps the session in MongoDB and only its id in the cookie.
    SERVER_SIDE_SESSIONS = False
    # False keeps the id of a server-side session at login: wrong, kept to be compared.
    RENEW_SESSION = True
    # True loads the user before every request: wrong, kept to be compared.
    EAGER_USER = False
    # True adds what must not be copied, under /wrong.
    WRONG_WAYS = False
    # True names the commands that a request sent to MongoDB in a header.
    SHOW_COMMANDS = False
