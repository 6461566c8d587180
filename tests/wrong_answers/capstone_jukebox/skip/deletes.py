"""Who asks deletes nothing: change one field."""

return r.table("queue").get(song_id).delete()
