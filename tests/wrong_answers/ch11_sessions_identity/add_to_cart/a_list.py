"""Keep a count for each record: a dict."""

session["cart"] = [*session.get("cart", []), record_id]
return session["cart"].count(record_id)
