"""The address has a route, so it has a blueprint, and what comes after the view is not skipped."""

found = ["opening", "listener", "shelf", "song", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "close", "report", "free"]
