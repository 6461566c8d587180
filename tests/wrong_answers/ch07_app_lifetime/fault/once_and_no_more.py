"""One lost connection is no reason to give up: the client makes another. Try again, up to three times."""

record = {"_id": ObjectId(), "title": title}
try:
    records.insert_one(record)
except DuplicateKeyError:
    pass
return record["_id"]
