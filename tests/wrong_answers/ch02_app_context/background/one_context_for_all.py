"""Both ran in one context. Make a new one for each call: app.app_context()."""

app = current_app._get_current_object()
if not hasattr(pool, "context"):
    pool.context = app.app_context()
def task():
    with pool.context:
        return function(*args)
return pool.submit(task)
