"""A MongoClient has a pool that is made to be shared. A client for each context throws it away."""

lifetimes = {"stock": "context", "letters": "context", "post": "context", "news": "context"}
