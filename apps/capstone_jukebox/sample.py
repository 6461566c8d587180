"""Tracks and people to try the jukebox with. The bands and their songs are made up."""

BANDS = {
    "The Context Managers": ["Enter and Exit", "With You", "Finally", "Suppress"],
    "Teardown": ["After the Request", "Nothing Leaks", "Last One Out", "Pop"],
    "Green Threads": ["Yield to Me", "Greenlet Blues", "One at a Time", "Switch"],
    "Ada and the Engines": ["Note G", "Looms", "Difference", "Punched Card Waltz"],
    "The Sockets": ["Keep Alive", "Half Closed", "Slow Start", "Time Wait"],
    "Replica Set": ["Primary", "Election Night", "Heartbeat", "Oplog"],
    "Wide Rows": ["Partition Key", "Tombstones", "Gossip", "Hinted Handoff"],
    "Changefeed": ["Old Value, New Value", "Squash", "Include Initial", "Still Listening"],
    "Señor Unicode": ["Ñandú", "Ümlaut Tango", "Ça Va", "Naïve Café"],
    "Cookie Jar": ["Signed Not Sealed", "Same Site", "Fresh", "Expires"],
}
TRACKS = [
    {
        "id": f"{band:02}-{number}",
        "title": title,
        "artist": artist,
        # A song of two to five minutes.
        "seconds": 120 + (band * 53 + number * 97) % 180,
    }
    for band, (artist, titles) in enumerate(BANDS.items(), 1)
    for number, title in enumerate(titles, 1)
]
PEOPLE = {"ada": "listener", "ben": "listener", "cleo": "dj", "dora": "admin"}
QUEUED = {"02-2": "ada", "05-1": "ben", "08-4": "ada"}
