"""listener writes down its name first, and only then it may call abort()."""

found = ["opening", "listener", "shelf", "song", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "version", "label", "cors", "close", "report", "free"]
