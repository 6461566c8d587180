"""The session does not see a change inside the dict: set its key, or session.modified."""

cart = session.setdefault("cart", {})
key = str(record_id)
cart[key] = cart.get(key, 0) + 1
return cart[key]
