"""The collection holds a hash, and no query finds a password in it. Find the name, then check the hash."""

return users.find_one({"_id": data["name"], "password": data["password"]})
