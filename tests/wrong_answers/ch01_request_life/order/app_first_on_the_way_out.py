"""On the way out, the hooks of the blueprint come before those of the app."""

found = ["opening", "listener", "shelf", "song", "label", "cors", "version", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "label", "cors", "version", "close", "report", "free"]
