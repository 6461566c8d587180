class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "jukebox"
    # The log of uploads lives on a server of its own.
    AUDIT_HOST = "127.0.0.1"
    AUDIT_PORT = 28015
    AUDIT_DB = "jukebox"
    # True closes without a guard: the wrong way, kept to be compared.
    FRAGILE_TEARDOWN = False
