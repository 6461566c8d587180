"""checks an unknown name against some hash"""

from werkzeug.security import generate_password_hash
data = data if isinstance(data, dict) else {}
name, password = data.get("name"), data.get("password")
if not all(isinstance(value, str) for value in (name, password)):
    return None
if any("\ud800" <= letter <= "\udfff" for letter in name + password):
    return None
user = users.find_one({"_id": name})
known = check_password_hash(user["password"] if user else generate_password_hash("x"), password)
return user if user and known else None
