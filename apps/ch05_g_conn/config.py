class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "jukebox"
    # True makes g.conn a plain property: the wrong way, kept to be compared.
    PLAIN_PROPERTY = False
