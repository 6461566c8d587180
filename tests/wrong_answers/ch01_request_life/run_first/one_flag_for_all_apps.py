"""The flag of the first app was still up. Make the flag inside of run_first, for each app anew."""

lock, done = globals().setdefault("shared", (Lock(), []))  # as at the top of the module

@app.before_request
def once():
    with lock:
        if not done:
            prepare()
            done.append(1)
