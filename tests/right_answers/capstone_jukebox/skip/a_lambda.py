"""a lambda in place of r.row"""

return r.table("queue").get(song_id).update(
    lambda song: {"skippers": song["skippers"].default([]).set_insert(name)}
)
