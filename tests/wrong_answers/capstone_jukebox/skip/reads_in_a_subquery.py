"""The new value comes from another read of the table. Take it from the song that is changed: r.row."""

song = r.table("queue").get(song_id)
return song.update({"skippers": song["skippers"].default([]).set_insert(name)})
