"""JSON can carry half a character, such as \\ud800: a str that can neither be sent nor hashed. For this name and as a
password it must give None."""

if not isinstance(data, dict):
    return None
name, password = data.get("name"), data.get("password")
if not isinstance(name, str) or not isinstance(password, str):
    return None
user = users.find_one({"_id": name})
if user is None or not check_password_hash(user["password"], password):
    return None
return user
