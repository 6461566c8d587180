"""This request has a route: the hooks of both blueprints run for it, and the view."""

found = ["opening", "listener", "song", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "stamp", "version", "label", "cors", "close", "report", "free"]
