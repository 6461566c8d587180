"""append adds the name each time. Something else adds it only where it is not there yet."""

skippers = r.row["skippers"].default([])
return r.table("queue").get(song_id).update({"skippers": skippers.append(name)})
