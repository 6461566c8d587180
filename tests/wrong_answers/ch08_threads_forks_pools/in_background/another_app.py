"""Another app has other settings and another database. Use the one of the caller."""

from flask import Flask
app = Flask("other")

def run():
    with app.app_context():
        work(*args)

thread = Thread(target=run)
thread.start()
return thread
