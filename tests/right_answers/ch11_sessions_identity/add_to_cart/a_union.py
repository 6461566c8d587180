"""a new dict, made with |"""

key = f"{record_id}"
count = session.get("cart", {}).get(key, 0) + 1
session.update(cart=session.get("cart", {}) | {key: count})
return count
