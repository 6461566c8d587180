"""Each question costs the database something, and the second answer may be another one. Keep the first."""

def fine(ask):
    try:
        ask()
        return True
    except Exception:
        return False
status = 200 if all(fine(ask) for ask in required.values()) else 503
return {n: "ok" if fine(a) else "away" for n, a in {**required, **optional}.items()}, status
