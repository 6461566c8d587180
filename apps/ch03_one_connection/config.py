class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "jukebox"
    # How long to wait for a connection, and then for each response, in seconds.
    RETHINKDB_TIMEOUT = 5.0
    # True connects before every request: the wrong way, kept to be compared.
    EAGER_CONNECTION = False
