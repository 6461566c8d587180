"""All browsers share this cart: it lives as long as the process. Keep it in the session."""

cart = current_app.extensions.setdefault("cart", {})
key = str(record_id)
cart[key] = cart.get(key, 0) + 1
session["cart"] = cart
return cart[key]
