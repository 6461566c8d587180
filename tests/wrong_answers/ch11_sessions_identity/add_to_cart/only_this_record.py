"""Adding one record must leave the others in the cart."""

key = str(record_id)
count = session.get("cart", {}).get(key, 0) + 1
session["cart"] = {key: count}
return count
