"""gunicorn --config ch09_cassandra/gunicorn_conf.py "ch09_cassandra:create_app()" """

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
