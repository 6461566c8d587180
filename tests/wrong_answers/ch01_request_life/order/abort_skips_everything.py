"""The URL has a route, so it has its blueprints, and what comes after the view is not skipped."""

found = ["opening", "listener", "shelf", "row", "song", "stamp", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "close", "report", "free"]
