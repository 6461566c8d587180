"""On the way in, the hooks of the app come before those of the blueprint."""

found = ["shelf", "opening", "listener", "song", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["shelf", "opening", "listener", "version", "label", "cors", "close", "report", "free"]
