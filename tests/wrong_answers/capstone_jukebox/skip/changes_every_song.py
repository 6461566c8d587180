"""Without get(song_id), update changes every song of the table."""

return r.table("queue").update({"skippers": r.row["skippers"].default([]).set_insert(name)})
