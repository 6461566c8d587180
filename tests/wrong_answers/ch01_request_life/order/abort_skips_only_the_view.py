"""abort() in a before_request function skips the later ones and the view."""

found = ["opening", "listener", "shelf", "song", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "version", "label", "cors", "close", "report", "free"]
