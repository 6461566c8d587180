"""The cart holds two of record 7 as well. Return the count of this record only."""

cart = session.get("cart", {})
cart[str(record_id)] = cart.get(str(record_id), 0) + 1
session["cart"] = cart
return sum(cart.values())
