"""LocalProxy wants a function that it can call at every look. Which one opens when needed?"""

return LocalProxy(g, "conn")
