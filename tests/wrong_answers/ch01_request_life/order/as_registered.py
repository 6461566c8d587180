"""after_request functions run in reverse: last registered, first run."""

found = ["opening", "listener", "shelf", "song", "version", "cors", "label", "report", "close", "free"]
missing = ["opening", "listener", "cors", "label", "report", "close", "free"]
refused = ["opening", "listener", "version", "cors", "label", "report", "close", "free"]
