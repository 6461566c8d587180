class Config:
    MONGODB_URI = "mongodb://127.0.0.1:27017"
    # Members are kept here; the shelf of a member is a database of its own.
    MONGODB_DB = "records"
    # How long to look for a server; pymongo's own default is 30 seconds.
    MONGODB_SELECTION_MS = 1000
    # How long to wait for an answer; pymongo's own default is for ever.
    MONGODB_SOCKET_MS = 5000
    MAX_CONTENT_LENGTH = 64 * 1024
    # False leaves Flask's JSON provider as it is.
    MONGO_JSON = True
    # True adds what must not be copied: /per-request, /trusting, /module-global.
    WRONG_WAYS = False
    # True closes the client when a context ends: the wrong way, kept to be looked at.
    CLOSE_IN_TEARDOWN = False
