"""abort() in a before_request function skips the later ones and the view."""

found = ["opening", "listener", "shelf", "row", "song", "stamp", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "row", "stamp", "version", "label", "cors", "close", "report", "free"]
