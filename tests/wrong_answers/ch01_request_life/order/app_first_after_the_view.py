"""After the view, the hooks of a blueprint come before those of the app."""

found = ["opening", "listener", "shelf", "row", "song", "label", "cors", "stamp", "version", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "stamp", "version", "label", "cors", "close", "report", "free"]
