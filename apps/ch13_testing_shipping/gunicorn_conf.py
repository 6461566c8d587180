"""gunicorn --config APP/gunicorn_conf.py "APP:create_app()", with the name of the package for APP."""

workers = 2
threads = 4
# Requests that have begun get so many seconds when the server is told to stop:
# more than the longest of them takes, less than the process manager waits before it kills.
graceful_timeout = 20
# Nobody here talks to a running gunicorn, and the file of its socket would be one for all.
control_socket_disable = True
