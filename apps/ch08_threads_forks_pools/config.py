class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "jukebox"
    # Connections of each process; 0 opens one for each context that asks for one.
    POOL_SIZE = 4
    # How long a request waits for one, in seconds, before it gets a 503.
    POOL_WAIT = 1.0
    # A connection that was idle for longer is asked whether it is alive; 0 asks each time.
    POOL_CHECK_AFTER = 10.0

    MONGODB_URI = "mongodb://127.0.0.1:27017"
    MONGODB_DB = "jukebox"
    # Sockets of the client's pool; pymongo's own default is 100.
    MONGODB_POOL_SIZE = 100
    # How long to wait for an answer of MongoDB; pymongo's own default is for ever.
    MONGODB_SOCKET_MS = 5000

    # True opens both databases while the app is made: the wrong way, kept to be looked at.
    OPEN_EARLY = False
