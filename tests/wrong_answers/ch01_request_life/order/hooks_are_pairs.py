"""Hooks are not pairs: stamp does not ask whether row has run."""

found = ["opening", "listener", "shelf", "row", "song", "stamp", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "version", "label", "cors", "close", "report", "free"]
