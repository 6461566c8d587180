"""Without a route there is no blueprint, and none of its hooks."""

found = ["opening", "listener", "shelf", "song", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "shelf", "version", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "version", "label", "cors", "close", "report", "free"]
