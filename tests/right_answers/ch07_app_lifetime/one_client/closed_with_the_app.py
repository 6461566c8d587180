"""closed when the app is collected"""

import weakref
client = MongoClient(app.config["MONGODB_URI"], connect=False, timeoutMS=app.config["MONGODB_TIMEOUT_MS"], tz_aware=True)
weakref.finalize(app, client.close)
app.extensions["mongo"] = client
