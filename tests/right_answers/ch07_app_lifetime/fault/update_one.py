"""update_one with upsert, and $setOnInsert."""

key, last = ObjectId(), None
for _ in range(3):
    try:
        records.update_one({"_id": key}, {"$setOnInsert": {"title": title}}, upsert=True)
    except AutoReconnect as error:
        last = error
    else:
        return key
raise last
