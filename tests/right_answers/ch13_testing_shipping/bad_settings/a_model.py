"""a model of pydantic"""

from typing import Annotated
from pydantic import BaseModel, Field, ValidationError
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
class Settings(BaseModel):
    APP_SECRET: Annotated[str, Field(min_length=1)]
    APP_PORT: Annotated[int, Field(ge=1, le=65535)]
    APP_DRIVER_SECONDS: Seconds
    APP_SERVER_SECONDS: Seconds
try:
    Settings(**environ)
    bad = set()
except ValidationError as error:
    bad = {each["loc"][0] for each in error.errors()}
if not bad & {"APP_DRIVER_SECONDS", "APP_SERVER_SECONDS"}:
    if float(environ["APP_DRIVER_SECONDS"]) >= float(environ["APP_SERVER_SECONDS"]):
        bad.add("APP_DRIVER_SECONDS")
return sorted(bad)
