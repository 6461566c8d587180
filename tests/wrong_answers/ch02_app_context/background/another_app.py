"""A new app has none of the settings. Ask current_app, in the view, which app this is."""

from flask import Flask

app = Flask(current_app.import_name)

def task():
    with app.app_context():
        return function(*args)

return pool.submit(task)
