"""Numbers became strings on the way through the cookie, so 7 is not found again. Use str keys."""

cart = session.get("cart", {})
cart[record_id] = cart.get(record_id, 0) + 1
session["cart"] = cart
return cart[record_id]
