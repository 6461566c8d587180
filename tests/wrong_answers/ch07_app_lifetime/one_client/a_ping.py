"""With connect=False the client connects at its first question. Do not ask one here, not even a ping."""

client = MongoClient(
    app.config["MONGODB_URI"], connect=False, timeoutMS=app.config["MONGODB_TIMEOUT_MS"]
)
client.admin.command("ping")
app.extensions["mongo"] = client
