"""an update that only ever inserts"""

key = ObjectId()
attempts = 0
while True:
    try:
        records.find_one_and_update({"_id": key}, {"$setOnInsert": {"title": title}}, upsert=True)
        return key
    except AutoReconnect:
        attempts += 1
        if attempts == 3:
            raise
