"""getmembers fetches each name that dir lists, and fetching conn opens it."""

opens = [0, 0, 0, 0, 0, 0, 2]
