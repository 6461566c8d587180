class Config:
    CASSANDRA_CONTACT_POINTS = "127.0.0.1"
    CASSANDRA_PORT = 9042
    CASSANDRA_KEYSPACE = "buoys"
    CASSANDRA_USERNAME = None
    CASSANDRA_PASSWORD = None
    # Seconds for connecting to a node, and for each page.
    CASSANDRA_TIMEOUT = 5.0
    # Rows of a page; the driver's own default is 5000.
    FETCH_SIZE = 200

    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "buoys"
    # Seconds for connecting, and for each response.
    RETHINKDB_TIMEOUT = 5.0
    # A feed without news says so after so many seconds.
    KEEP_ALIVE = 15.0

    # True adds what must not be copied: /listed and /places.
    WRONG_WAYS = False
