"""replace puts a whole document in the place of another. update changes one field."""

return r.table("queue").get(song_id).replace(
    lambda song: r.branch(song.eq(None), None, {"id": song_id, "skippers": song["skippers"].default([]).set_insert(name)})
)
