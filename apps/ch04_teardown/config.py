class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "jukebox"
    # The log of uploads lives on a server of its own.
    AUDIT_HOST = "127.0.0.1"
    AUDIT_PORT = 28015
    AUDIT_DB = "jukebox"
    # How long to wait for a connection, and then for each response, in seconds; of both servers.
    RETHINKDB_TIMEOUT = 5.0
    # Of a recording, in bytes.
    MAX_CONTENT_LENGTH = 16 * 1024 * 1024
    # True closes without a guard: the wrong way, kept to be compared.
    FRAGILE_TEARDOWN = False
