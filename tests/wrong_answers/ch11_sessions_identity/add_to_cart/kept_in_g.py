"""g ends with the request, and so does a local variable. What lasts from request to request?"""

if "cart" not in g:
    g.cart = {}
key = str(record_id)
g.cart[key] = g.cart.get(key, 0) + 1
return g.cart[key]
