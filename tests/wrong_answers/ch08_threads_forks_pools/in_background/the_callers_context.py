"""That is the caller's context, and its teardown closes what work still uses. Push a context of the thread's own."""

from contextvars import copy_context

thread = Thread(target=copy_context().run, args=(work, *args))
thread.start()
return thread
