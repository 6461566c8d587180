"""Asks first whether the song is there; the change itself is one."""

song = r.table("queue").get(song_id)
return r.branch(song.eq(None), {"skipped": 1}, song.update({"skippers": r.row["skippers"].default([]).set_insert(name)}))
