"""Two who ask find the name missing, and both append it. Ask inside the update, or use a set."""

song = r.table("queue").get(song_id)
return r.branch(song["skippers"].default([]).contains(name), {}, song.update({"skippers": r.row["skippers"].default([]).append(name)}))
