"""Those who ask are looked for under skippers: change that field of the song, which get finds by its id."""

return r.table("queue").get(song_id).update({"skip": {name: True}})
