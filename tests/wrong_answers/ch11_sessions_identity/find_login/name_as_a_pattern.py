"""The name was used as a pattern, and it matched somebody. Look for the name itself."""

if not isinstance(data, dict):
    return None
name, password = data.get("name"), data.get("password")
if not isinstance(name, str) or not isinstance(password, str):
    return None
user = users.find_one({"_id": {"$regex": name}})
if user is None or not check_password_hash(user["password"], password):
    return None
return user
