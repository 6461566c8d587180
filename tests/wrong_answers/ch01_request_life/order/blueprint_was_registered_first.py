"""Before the view, the hooks of the app come before those of a blueprint."""

found = ["shelf", "row", "opening", "listener", "song", "stamp", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["shelf", "opening", "listener", "stamp", "version", "label", "cors", "close", "report", "free"]
