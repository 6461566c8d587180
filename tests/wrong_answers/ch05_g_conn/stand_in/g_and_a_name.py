"""LocalProxy wants a function that it can call for every operation. Which one opens when needed?"""

return LocalProxy(g, "conn")
