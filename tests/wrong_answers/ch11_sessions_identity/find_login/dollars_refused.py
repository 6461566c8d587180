"""Her password has a $ in it, and braces, and is a good one. Look at the type of what was posted, not at its letters."""

if not isinstance(data, dict) or "$" in str(data):
    return None
name, password = data.get("name"), data.get("password")
if not isinstance(name, str) or not isinstance(password, str):
    return None
try:
    user = users.find_one({"_id": name})
    return user if user and check_password_hash(user["password"], password) else None
except UnicodeEncodeError:
    return None
