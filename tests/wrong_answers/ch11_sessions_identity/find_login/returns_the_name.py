"""Return the document that find_one found, not a part of it."""

if not isinstance(data, dict):
    return None
name, password = data.get("name"), data.get("password")
if not isinstance(name, str) or not isinstance(password, str):
    return None
user = users.find_one({"_id": name})
if user and check_password_hash(user["password"], password):
    return user["_id"]
return None
