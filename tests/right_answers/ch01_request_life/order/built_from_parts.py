"""Before, view and after as parts."""

before, after = ["opening", "listener"], ["label", "cors", "close", "report", "free"]
found = before + "shelf row song stamp version".split() + after
missing = before + after
refused = before + "shelf stamp version".split() + after
