"""Without a route there is no blueprint, and none of its hooks."""

found = ["opening", "listener", "shelf", "row", "song", "stamp", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "shelf", "version", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "stamp", "version", "label", "cors", "close", "report", "free"]
