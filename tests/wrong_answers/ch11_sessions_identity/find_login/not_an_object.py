"""JSON has numbers and lists as well. Ask what a field is, a str, not what it is not."""

if not isinstance(data, dict):
    return None
name, password = data.get("name"), data.get("password")
if isinstance(name, dict) or isinstance(password, dict) or password is None:
    return None
user = users.find_one({"_id": name})
if user is None or not check_password_hash(user["password"], password):
    return None
return user
