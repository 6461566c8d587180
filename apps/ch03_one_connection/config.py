class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "jukebox"
    # True connects before every request: the wrong way, kept to be compared.
    EAGER_CONNECTION = False
