"""Each error has the name of the field and a message, in words of its own."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    errors = [{"field": ".".join(map(str, one["loc"])), "message": one["msg"]} for one in error.errors()]
    return {"errors": errors}, 422
if not save(animal.model_dump()):
    return {"error": "known already"}, 409
return animal.model_dump(), 201
