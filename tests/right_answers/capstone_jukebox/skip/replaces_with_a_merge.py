"""replace, with all that the song had"""

def changed(song):
    return r.branch(song.eq(None), None, song.merge({"skippers": song["skippers"].default([]).set_insert(name)}))

return r.table("queue").get(song_id).replace(changed)
