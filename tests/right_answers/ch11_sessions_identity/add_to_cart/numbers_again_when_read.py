"""turns the keys into numbers when it reads the cart"""

cart = {int(key): count for key, count in session.get("cart", {}).items()}
cart[record_id] = cart.get(record_id, 0) + 1
session["cart"] = cart
return cart[record_id]
