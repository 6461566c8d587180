"""gunicorn --config APP/gunicorn_conf.py "APP:create_app()", with the name of the package for APP."""

workers = 2
# Safe, because making the app opens nothing.
preload_app = True


def post_worker_init(worker):
    """After the fork, before the first request: connect now, so that no visitor has to wait for it."""
    try:
        worker.wsgi.extensions["cassandra"].session()
    except Exception as error:
        # The first request tries again.
        worker.log.warning("Worker %s: %s", worker.pid, error)
