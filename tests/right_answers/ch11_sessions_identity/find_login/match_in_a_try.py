"""match, in a try that knows half a character"""

try:
    match data:
        case {"name": str(name), "password": str(password)}:
            user = users.find_one({"_id": name})
            if user and check_password_hash(user["password"], password):
                return user
    return None
except UnicodeEncodeError:
    return None
