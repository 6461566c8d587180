"""after_request functions run in reverse: last registered, first run."""

found = ["opening", "listener", "shelf", "row", "song", "stamp", "version", "cors", "label", "close", "report", "free"]
missing = ["opening", "listener", "cors", "label", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "stamp", "version", "cors", "label", "close", "report", "free"]
