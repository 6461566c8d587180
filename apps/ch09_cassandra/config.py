class Config:
    # None: comes from the environment. What differs between machines has no default here,
    # and what is secret even less.
    CASSANDRA_CONTACT_POINTS = None
    CASSANDRA_PORT = 9042
    CASSANDRA_KEYSPACE = None
    CASSANDRA_USERNAME = None
    CASSANDRA_PASSWORD = None
    # Astra: the path of the secure connect bundle, in place of the contact points.
    CASSANDRA_BUNDLE = None
    # How long a statement may take, in seconds; the driver's own default is 10.
    CASSANDRA_TIMEOUT = 5.0

    # Whoever sends it may write.
    API_TOKEN = None
    MAX_CONTENT_LENGTH = 64 * 1024

    # True adds what must not be copied, under /wrong.
    WRONG_WAYS = False
    # True connects while the app is made, under /early: wrong, kept to be looked at.
    OPEN_EARLY = False
