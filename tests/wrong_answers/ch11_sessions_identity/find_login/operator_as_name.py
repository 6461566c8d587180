"""An operator came in as the name and matched somebody. Let only a str into the query."""

user = users.find_one({"_id": data.get("name")})
if user and check_password_hash(user["password"], data.get("password")):
    return user
return None
