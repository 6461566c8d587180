"""The collection holds a hash, and no query finds a password in it. Find the document by its _id, then call
check_password_hash with its hash first and the password second."""

return users.find_one({"_id": data["name"], "password": data["password"]})
