"""one try around everything that the data can break"""

try:
    name, password = data["name"], data["password"]
    if type(name) is not str or type(password) is not str:
        return None
    user = users.find_one({"_id": {"$eq": name}})
    if check_password_hash(user["password"], password):
        return user
except (TypeError, KeyError, UnicodeError):
    return None
