"""a Counter, made anew each time"""

from collections import Counter

counts = Counter(session.get("cart", {}))
counts[str(record_id)] += 1
session["cart"] = dict(counts)
return counts[str(record_id)]
