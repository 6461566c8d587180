"""setdefault, and session.modified"""

cart = session.setdefault("cart", {})
key = f"{record_id}"
cart[key] = cart.get(key, 0) + 1
session.modified = True
return cart[key]
