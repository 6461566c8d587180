"""an ExitStack enters the context"""

from contextlib import ExitStack
from functools import partial
app = current_app._get_current_object()
def run(job):
    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        job()
thread = Thread(target=run, kwargs={"job": partial(work, *args)})
thread.start()
return thread
