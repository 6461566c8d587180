"""shelf writes down its name first, and only then it calls abort()."""

found = ["opening", "listener", "shelf", "row", "song", "stamp", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "stamp", "version", "label", "cors", "close", "report", "free"]
