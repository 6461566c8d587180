"""Those who ask are looked for under skippers: change that field of the song."""

return r.table("queue").get(song_id).update({"skip": {name: True}})
