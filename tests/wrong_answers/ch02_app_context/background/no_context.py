"""A context that the view has, or opens, is no use to another thread. Push one in the task."""

with current_app.app_context():
    return pool.submit(function, *args)
