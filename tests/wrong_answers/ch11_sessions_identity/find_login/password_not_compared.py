"""Any password will do for this login. Who compares it?"""

name = data.get("name")
if not isinstance(name, str) or not data.get("password"):
    return None
return users.find_one({"_id": name})
