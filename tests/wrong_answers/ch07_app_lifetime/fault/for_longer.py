"""Count the attempts: three, and then give up."""

record = {"_id": ObjectId(), "title": title}
for attempt in range(4):
    try:
        records.insert_one(record)
        break
    except DuplicateKeyError:
        break
    except AutoReconnect:
        if attempt == 3:
            raise
return record["_id"]
