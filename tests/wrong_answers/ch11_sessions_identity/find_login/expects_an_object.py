"""JSON can be a list, a number or null, too. Check that data is a dict first."""

name, password = data.get("name"), data.get("password")
if not isinstance(name, str) or not isinstance(password, str):
    return None
user = users.find_one({"_id": name})
if user and check_password_hash(user["password"], password):
    return user
return None
