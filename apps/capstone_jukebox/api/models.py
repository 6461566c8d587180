"""What clients send and what they get."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

TrackId = Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,60}$")]
Name = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_-]{0,29}$")]


def of_a_time(value):
    if value is not None and value.version != 1:
        raise ValueError("this is no cursor")
    return value


class Body(BaseModel):
    # strict: 3 is not "3". forbid: a field with a typing error is no field.
    model_config = ConfigDict(strict=True, extra="forbid")


# What clients send


class NewSong(Body):
    track_id: TrackId


class Login(Body):
    name: Name
    password: str = Field(min_length=1, max_length=200)


class Search(BaseModel):
    q: str = Field(default="", max_length=100)
    page: int = Field(default=1, ge=1, le=1000)
    per_page: int = Field(default=20, ge=1, le=50)


class Older(BaseModel):
    cursor: Annotated[UUID | None, AfterValidator(of_a_time)] = None
    limit: int = Field(default=20, ge=1, le=100)


# What they get


class ErrorBody(BaseModel):
    code: str
    message: str


class Error(BaseModel):
    error: ErrorBody


class Track(BaseModel):
    id: TrackId
    title: str
    artist: str
    seconds: int


class Tracks(BaseModel):
    tracks: list[Track]
    page: int
    per_page: int
    total: int


class Song(Track):
    track_id: TrackId
    votes: int
    added_by: str
    added_at: str
    voted: bool


class Playing(BaseModel):
    track_id: TrackId
    title: str
    artist: str
    seconds: int
    requested_by: str
    played_at: str


class Queue(BaseModel):
    songs: list[Song]
    playing: Playing | None


class Vote(BaseModel):
    id: TrackId
    votes: int
    voted: bool


class Played(Playing):
    # "written", or "pending" as long as Cassandra does not take it.
    history: str


class Play(BaseModel):
    id: UUID
    played_at: str
    track_id: TrackId
    title: str
    artist: str
    requested_by: str


class Plays(BaseModel):
    plays: list[Play]
    next: UUID | None


class Me(BaseModel):
    name: str
    roles: list[str]


class Token(BaseModel):
    token: str
