"""Before the view, the outer blueprint comes before the inner one."""

found = ["opening", "listener", "row", "shelf", "song", "stamp", "version", "label", "cors", "close", "report", "free"]
missing = ["opening", "listener", "label", "cors", "close", "report", "free"]
refused = ["opening", "listener", "shelf", "stamp", "version", "label", "cors", "close", "report", "free"]
