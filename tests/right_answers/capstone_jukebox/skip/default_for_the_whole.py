"""The default stands for the whole list, and not for the field."""

return r.table("queue").get(song_id).update({"skippers": r.row["skippers"].set_insert(name).default([name])})
