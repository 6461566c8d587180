"""Tuples in the place of lists."""

found = ("opening", "listener", "shelf", "row", "song", "stamp", "version", "label", "cors", "close", "report", "free")
missing = ("opening", "listener", "label", "cors", "close", "report", "free")
refused = ("opening", "listener", "shelf", "stamp", "version", "label", "cors", "close", "report", "free")
