class Config:
    # There is no default: one that stands in a repository is not secret.
    SECRET_KEY = None
    # Earlier keys: cookies that they signed are still read.
    SECRET_KEY_FALLBACKS = []
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    MAX_CONTENT_LENGTH = 16 * 1024

    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "jukebox"
    # Seconds for connecting, and for each response.
    RETHINKDB_TIMEOUT = 2.0

    MONGODB_URI = "mongodb://127.0.0.1:27017"
    MONGODB_DB = "jukebox"
    # Seconds for a whole operation: a server, a place in the pool, the response, a second try.
    MONGODB_TIMEOUT = 2.0

    CASSANDRA_CONTACT_POINTS = "127.0.0.1"
    CASSANDRA_PORT = 9042
    CASSANDRA_KEYSPACE = "jukebox"
    CASSANDRA_USERNAME = None
    CASSANDRA_PASSWORD = None
    # Seconds for connecting to a node, and for each page.
    CASSANDRA_TIMEOUT = 2.0

    # Whose plays these are: several jukeboxes can share the servers' history.
    JUKEBOX = "main"
    # Songs that may wait.
    QUEUE_LENGTH = 100

    # Pages that may listen at once. Each of them holds a thread of the web server.
    FEED_PAGES = 60
    # A page without news hears from us after so many seconds; that is also how it is noticed to be gone.
    FEED_HEARTBEAT = 15.0
    # Seconds in which several changes become one, and after which the queue is read although nothing was heard.
    FEED_PAUSE = 0.05
    FEED_CHECK = 5.0
    # Seconds between two tries to reach a database that went away: the first pause, and the longest.
    RETRY_FIRST = 0.1
    RETRY_LONGEST = 1.0

    # Rows of a page of the streamed history.
    HISTORY_FETCH = 200
    # Seconds for which the state of a database is remembered.
    HEALTH_SECONDS = 5.0

    # What `flask seed` gives to the sample people; a random one for each, if this is not set.
    SEED_PASSWORD = None
