"""A copy of the view's context is the same context: its g is shared, and torn down by the view."""

from contextvars import copy_context

return pool.submit(copy_context().run, function, *args)
