"""A field can be missing: data.get() gives None for it."""

name, password = data["name"], data["password"]
if not isinstance(name, str) or not isinstance(password, str):
    return None
user = users.find_one({"_id": name})
if user and check_password_hash(user["password"], password):
    return user
return None
