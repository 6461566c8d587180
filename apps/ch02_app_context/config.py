class Config:
    DATABASE = "notes.sqlite"
    # Signs the session cookie; a real deployment sets FLASK_SECRET_KEY.
    SECRET_KEY = "dev"
