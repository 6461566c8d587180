"""each attempt calls the next one"""

document = {"_id": ObjectId(), "title": title}
def attempt(left):
    try:
        records.insert_one(document)
    except DuplicateKeyError:
        pass
    except AutoReconnect:
        if left == 0:
            raise
        attempt(left - 1)
attempt(2)
return document["_id"]
