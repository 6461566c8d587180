class Config:
    # None: comes from the environment. What differs between machines has no default here,
    # and what is secret even less. (db.py has the defaults of the other CASSANDRA_ settings.)
    CASSANDRA_CONTACT_POINTS = None
    CASSANDRA_KEYSPACE = None

    # Whoever sends it may write.
    API_TOKEN = None
    MAX_CONTENT_LENGTH = 64 * 1024

    # True adds what must not be copied, under /wrong.
    WRONG_WAYS = False
    # True connects while the app is made, under /early: wrong, kept to be looked at.
    OPEN_EARLY = False
