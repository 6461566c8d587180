"""With non_atomic another write may come in between, and its name is lost. r.row needs no non_atomic."""

song = r.table("queue").get(song_id)
return song.update({"skippers": song["skippers"].default([]).set_insert(name)}, non_atomic=True)
