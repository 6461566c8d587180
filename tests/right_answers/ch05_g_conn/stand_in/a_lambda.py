"""A lambda that calls it."""

return LocalProxy(lambda: get_conn())
