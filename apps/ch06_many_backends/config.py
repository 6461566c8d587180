class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "records"
    MONGODB_URI = "mongodb://127.0.0.1:27017"
    MONGODB_DB = "records"
    RATES_URL = "http://127.0.0.1:5001"
    # Seconds until a backend that does not answer counts as away.
    TIMEOUT = 2
    # Who may ask: a name -> the SHA-256 of its token, in hexadecimal.
    API_TOKENS = {}
    # "eager" and "if-chain" are the wrong ways, kept to be compared.
    BACKENDS = "registry"
