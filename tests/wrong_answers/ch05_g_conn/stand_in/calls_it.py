"""make_conn runs before there is a context. Hand the function over; do not call it."""

return LocalProxy(get_conn())
