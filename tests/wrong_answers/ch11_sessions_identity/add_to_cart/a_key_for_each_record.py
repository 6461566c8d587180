"""The session keeps it, under a name that nobody else knows. The cart is one dict: session['cart']."""

key = str(record_id)
session[key] = session.get(key, 0) + 1
return session[key]
