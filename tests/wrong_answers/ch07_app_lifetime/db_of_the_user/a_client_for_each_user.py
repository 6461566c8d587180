"""One client reaches all databases: take the one that the app keeps."""

if g.user is None:
    abort(401)
if "db" not in g:
    g.db = MongoClient(current_app.config["MONGODB_URI"])[g.user["db"]]
return g.db
