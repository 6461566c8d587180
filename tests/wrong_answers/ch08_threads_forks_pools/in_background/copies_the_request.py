"""A command has no request that could be copied. The app context is enough."""

from flask import copy_current_request_context

thread = Thread(target=copy_current_request_context(work), args=args)
thread.start()
return thread
