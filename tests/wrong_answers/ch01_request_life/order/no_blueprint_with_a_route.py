"""This request has a route: the hooks of the blueprint run for it, and the view."""

found = ["opening", "listener", "song", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "label", "cors", "close", "report", "free"]
