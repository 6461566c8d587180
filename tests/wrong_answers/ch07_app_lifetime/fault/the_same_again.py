"""Each attempt inserted a document of its own. Every attempt has to insert the same one."""

last = None
for _ in range(3):
    try:
        return records.insert_one({"title": title}).inserted_id
    except AutoReconnect as error:
        last = error
raise last
