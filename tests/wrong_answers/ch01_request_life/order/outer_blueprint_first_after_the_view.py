"""After the view, the inner blueprint comes before the outer one: layers around the view."""

found = ["opening", "listener", "shelf", "row", "song", "version", "stamp", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "version", "stamp", "label", "cors", "close", "report", "free"]
