"""The dict is made once, and insert_one adds the _id to it."""

record, error = {"title": title}, None
for _ in range(3):
    try:
        records.insert_one(record)
    except DuplicateKeyError:
        return record["_id"]
    except AutoReconnect as caught:
        error = caught
    else:
        return record["_id"]
raise error
