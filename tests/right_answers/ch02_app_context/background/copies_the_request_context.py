"""Flask's own helper, which copies the request context and pushes a new app context."""

from flask import copy_current_request_context

return pool.submit(copy_current_request_context(function), *args)
