"""gunicorn --config ch07_app_lifetime/gunicorn_conf.py "ch07_app_lifetime:create_app()" """

workers = 2


def worker_exit(server, worker):
    """The last thing that a worker does: close what the app has kept open."""
    worker.wsgi.extensions["mongo"].close()
    server.log.info("Worker %s: client closed", worker.pid)
