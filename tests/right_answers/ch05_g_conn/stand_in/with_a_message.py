"""With a message for uses outside of a context."""

return LocalProxy(get_conn, unbound_message="There is no connection here.")
