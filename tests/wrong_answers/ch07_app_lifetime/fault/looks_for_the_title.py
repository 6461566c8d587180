"""The title says what a record is, not which one. What makes an attempt the same is its _id."""

for attempt in range(3):
    try:
        found = records.find_one({"title": title})
        if found:
            return found["_id"]
        return records.insert_one({"title": title}).inserted_id
    except AutoReconnect:
        if attempt == 2:
            raise
