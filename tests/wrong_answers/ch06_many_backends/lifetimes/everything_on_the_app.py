"""One thread at a time may use a RethinkDB connection. Whom does a context belong to?"""

lifetimes = {"stock": "app", "letters": "app", "post": "app", "news": "app"}
