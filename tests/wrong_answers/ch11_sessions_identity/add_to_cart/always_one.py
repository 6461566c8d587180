"""Count on from what the cart says of this record: what get() finds there, or 0, and one more."""

cart = session.get("cart", {})
cart[str(record_id)] = 1
session["cart"] = cart
return cart[str(record_id)]
