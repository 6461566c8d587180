"""check_password_hash wants a str. Check the type of the password as well."""

if not isinstance(data["name"], str):
    return None
user = users.find_one({"_id": data["name"]})
if user and check_password_hash(user["password"], data["password"]):
    return user
return None
