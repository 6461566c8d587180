"""encodes first what must be sent later"""

match data:
    case {"name": str(name), "password": str(password)}:
        try:
            (name + password).encode()
        except UnicodeEncodeError:
            return None
        user = users.find_one({"_id": name})
        if user is not None and check_password_hash(user["password"], password):
            return user
return None
