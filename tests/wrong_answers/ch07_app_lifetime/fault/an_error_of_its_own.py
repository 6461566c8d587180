"""The caller knows an AutoReconnect. Let the error of the third attempt out as it is."""

record = {"_id": ObjectId(), "title": title}
for attempt in range(3):
    try:
        return records.insert_one(record).inserted_id
    except DuplicateKeyError:
        return record["_id"]
    except AutoReconnect:
        pass
raise RuntimeError("the database is away")
