"""Return how many of this record are in the cart after adding one."""

cart = session.get("cart", {})
cart[str(record_id)] = cart.get(str(record_id), 0) + 1
session["cart"] = cart
return cart
