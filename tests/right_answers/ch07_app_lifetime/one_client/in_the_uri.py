"""the limit is an option of the URI"""

uri = app.config["MONGODB_URI"]
uri += ("&" if "?" in uri else "?" if "/" in uri.split("://")[1] else "/?") + f"timeoutMS={app.config['MONGODB_TIMEOUT_MS']}"
app.extensions["mongo"] = MongoClient(uri, connect=False)
