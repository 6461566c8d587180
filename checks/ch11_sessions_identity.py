"""Checks of chapter 11: what a session keeps, where a login leads, what a query is given."""

from flask import Flask, session
from werkzeug.security import generate_password_hash

from workbook import NotYet, check_app, databases, exercise


@exercise(
    "The session is written into a cookie as JSON at the end of the request. What does JSON do to keys?",
    "Use str(record_id) as the key, and let the session know that the cart has changed.",
    'Take the cart with session.get("cart", {}), count in it, and put it back: session["cart"] = cart.',
)
def add_to_cart(add_to_cart):
    app = check_app(SECRET_KEY="only for this check")

    @app.get("/add/<int:record>")
    def view(record):
        count, cart = add_to_cart(record), session.get("cart")
        keys.extend(cart if isinstance(cart, dict) else ())
        return [count]

    app.add_url_rule("/cart", view_func=lambda: {"cart": session.get("cart")}, endpoint="cart")
    app.add_url_rule("/keys", view_func=lambda: [key for key in session if key != "cart"], endpoint="keys")
    ada, bob, keys = app.test_client(), app.test_client(), []

    def add(browser, record):
        keys.clear()
        return browser.get(f"/add/{record}").json[0]

    first = add(ada, 7)
    if first != 1:
        return NotYet(
            f"add_to_cart(7) returned {first!r} for an empty cart",
            "1",
            "Return how many of this record are in the cart after adding one.",
        )
    if add(bob, 7) != 1:
        return NotYet(
            "the first record of a second browser was counted as its second",
            "a cart for each browser",
            "All browsers share this cart: it lives as long as the process. Keep it in the session.",
        )
    kept = ada.get("/cart").json["cart"]
    others = ada.get("/keys").json
    if not kept and others:
        return NotYet(
            f"the session has {', '.join(map(repr, others))}, and no 'cart'",
            'session["cart"]',
            "The session keeps it, under a name that nobody else knows. The cart is one dict: session['cart'].",
        )
    if not kept:
        return NotYet(
            f'at the next request session.get("cart") is {kept!r}',
            "the cart",
            "g ends with the request, and so does a local variable. What lasts from request to request?",
        )
    if not isinstance(kept, dict):
        return NotYet(
            f'session["cart"] is {kept!r}',
            'a dict such as {"7": 1}',
            "Keep a count for each record: a dict.",
        )
    strings = "Numbers became strings on the way through the cookie, so 7 is not found again. Use str keys."
    try:
        second = add(ada, 7)
    except TypeError as error:
        if "not supported between" not in str(error):
            raise
        return NotYet("a cart with 7 and with '7' in it", "one key for each record", strings)
    if second != 2:
        advice = (
            strings
            if any(isinstance(key, int) for key in keys)
            else ("Count on from what the cart says of this record: what get() finds there, or 0, and one more.")
        )
        return NotYet(f"the second add_to_cart(7) returned {second!r}", "2", advice)
    saved = ada.get("/cart").json["cart"].get("7")
    if saved != 2:
        return NotYet(
            f"the second call returned 2, and the next request finds {saved!r}",
            "2, saved",
            "The session does not see a change inside the dict: set its key, or session.modified.",
        )
    other = add(ada, 8)
    cart = ada.get("/cart").json["cart"]
    if cart != {"7": 2, "8": 1}:
        return NotYet(
            f"after two of record 7 and one of record 8 the cart is {cart!r}",
            "{'7': 2, '8': 1}",
            "Adding one record must leave the others in the cart.",
        )
    if other != 1:
        return NotYet(
            f"the first add_to_cart(8) returned {other!r}",
            "1",
            "The cart holds two of record 7 as well. Return the count of this record only.",
        )


OURS = "This one is a path of this app. Let it through as it came."
# (target, whether it may be followed, the hint for who gets it wrong)
TARGETS = [
    ("/me", True, OURS),
    ("/cart?page=2", True, OURS),
    (
        "/search?q=https://flask.example//docs",
        True,
        "What stands behind the question mark leads nowhere: two slashes are a host only at the beginning.",
    ),
    ("https://evil.example/", False, "The target was not looked at. Only a path may pass: no host, no https."),
    (
        "https://evil.example/?from=shop.example",
        False,
        "The name of your host may stand anywhere in a foreign address. Look at how the target begins.",
    ),
    ("//evil.example/", False, "It begins with a slash, and with a second one: to a browser that is a host."),
    (
        "javascript:alert(1)",
        False,
        "No host in it, and still not a path: there are schemes without a host. A path begins with a slash.",
    ),
    (
        "/\\evil.example/",
        False,
        "A browser reads a backslash as a slash, so this one is // in disguise.",
    ),
    ("///evil.example/", False, "Three slashes are read like two. Refuse every second slash."),
    (
        "/\t/evil.example/",
        False,
        "A browser removes tabs and line ends, and then this one is //. isprintable() finds them.",
    ),
    (
        "/\n/evil.example/",
        False,
        "Tabs are not all: a browser removes line ends as well, and then this one is //. Refuse what is not printable.",
    ),
    (
        "/\r/evil.example/",
        False,
        "There are two characters that end a line, and a browser removes both.",
    ),
    (
        "https://elsewhere.example/",
        False,
        "A list of bad addresses is never complete. Say what you let through.",
    ),
]


@exercise(
    "Which targets are you sure of? Let those through, and nothing else.",
    "A path begins with one slash. What may the second character not be?",
    'Refuse None, what does not start with "/", and what starts with "//" or with "/" and a '
    "backslash. Then refuse what is not printable.",
)
def safe_next(safe_next):
    app = check_app()
    with app.test_request_context("/login", base_url="https://shop.example"):
        try:
            nothing = safe_next(None)
        except Exception as error:
            return NotYet(
                f"safe_next(None) raised {type(error).__name__}",
                '"/"',
                "A login without ?next= is the usual one: then target is None.",
            )
        if nothing != "/":
            return NotYet(
                f"safe_next(None) returned {nothing!r}",
                "'/'",
                "Without a target, the start page: return a string in any case.",
            )
        for target, ours, advice in TARGETS:
            expected, found = target if ours else "/", safe_next(target)
            if found != expected:
                return NotYet(f"safe_next({target!r}) returned {found!r}", repr(expected), advice)


ADA = {"name": "ada", "password": "so what"}
CLEO = {"name": "cleo", "password": "{$gt: ten Euros, ü\u00a0}"}
ANY = {"$gt": ""}
# (what is posted, whose document is right, the hint for a wrong answer, the hint for an exception)
LOGINS = [
    (
        ADA,
        "ada",
        "The collection holds a hash, and no query finds a password in it. Find the document by its _id, then call "
        "check_password_hash with its hash first and the password second.",
        "Name and password are right here. Read the message, then the line that raised it.",
    ),
    (
        {**ADA, "password": "all blues"},
        None,
        "Any password will do for this login. Who compares it?",
        "A wrong password must give None.",
    ),
    (
        {**ADA, "name": "eve"},
        None,
        "There is no user of that name.",
        "find_one returns None for an unknown name. Look before you take its password.",
    ),
    (
        {**ADA, "name": ANY},
        None,
        "An operator came in as the name and matched somebody. Let only a str into the query.",
        "A name that is no str must give None.",
    ),
    (
        {**ADA, "password": ANY},
        None,
        "An operator came in as the password and was accepted.",
        "check_password_hash wants a str. Check the type of the password as well.",
    ),
    (
        {"name": "ada"},
        None,
        "Without a password nobody is logged in.",
        "A field can be missing: data.get() gives None for it.",
    ),
    (
        ["ada", "so what"],
        None,
        "A list is not a login.",
        "JSON can be a list, a number or null, too. Check that data is a dict first.",
    ),
    (
        {**ADA, "password": 7},
        None,
        "A number is no password.",
        "JSON has numbers and lists as well. Ask what a field is, a str, not what it is not.",
    ),
    (
        {**ADA, "name": "^ad"},
        None,
        "The name was used as a pattern, and it matched somebody. Look for the name itself.",
        "This name is a str, and nobody has it: that must give None.",
    ),
    (
        CLEO,
        "cleo",
        "Her password has a $ in it, and braces, and is a good one. Look at the type of what was posted, not at its "
        "letters.",
        "Name and password are right here, whatever characters they have.",
    ),
    (None, None, "Nothing was posted.", "JSON can be null: then data is None."),
    (
        {**ADA, "password": ""},
        None,
        "An empty password is a wrong one. Let check_password_hash say so.",
        "An empty password is a wrong one: that must give None.",
    ),
    (
        {**ADA, "name": "\ud800"},
        None,
        "Nobody has this name.",
        "JSON can carry half a character, such as \\ud800: a str that can neither be sent nor hashed. For this name "
        "and as a password it must give None.",
    ),
    (
        {**ADA, "password": "\ud800"},
        None,
        "Nobody has this password.",
        "JSON can carry half a character, such as \\ud800: a str that can neither be sent nor hashed. For this name "
        "and as a password it must give None.",
    ),
]


@exercise(
    "Ask three things in this order: has it the right shape, is there such a user, is it their password?",
    "isinstance(..., str) for both fields before the query; check_password_hash after it.",
    'users.find_one({"_id": name}) with a name that is a str; then check_password_hash(user["password"], password).',
)
def find_login(find_login):
    db = databases.mongodb("check_ch11")
    with db.connect() as client:
        users = client[db.name]["users"]
        # One round: a check need not be slow.
        secret = generate_password_hash(ADA["password"], method="pbkdf2:sha256:1")
        users.insert_many([{"_id": name, "password": secret} for name in ("ada", "bob")])
        secret = generate_password_hash(CLEO["password"], method="pbkdf2:sha256:1")
        users.insert_one({"_id": CLEO["name"], "password": secret})
        for data, owner, wrong, raised in LOGINS:
            expected = f"the document of {owner}" if owner else "None"
            try:
                found = find_login(users, data)
            except Exception as error:
                return NotYet(f"{type(error).__name__} for {data!r}", expected, raised)
            if owner is None and found is not None:
                return NotYet(f"a login for {data!r}", expected, wrong)
            if owner and found is None:
                return NotYet(f"None for {data!r}", expected, wrong)
            if owner and (not isinstance(found, dict) or found.get("_id") != owner):
                return NotYet(
                    f"{type(found).__name__} for {data!r}",
                    expected,
                    "Return the document that find_one found, not a part of it.",
                )


@exercise(
    "The users are right, and so is the comparison. Which of the values in it is an old one?",
    "What stands in a session was written at the login, and the browser brings it back for as long as it likes.",
    "Keep the name in the session, and look up the rest in `users` at every request.",
)
def mended(mended):
    users = {"ada": {"admin": True}, "bob": {"admin": False}, "eve": {"admin": True}}
    app = mended(users)
    if not isinstance(app, Flask):
        return NotYet(f"mended returned {type(app).__name__}", "the app", "Return the app, as the faulty one does.")
    app.logger.disabled = True
    clients = {name: app.test_client() for name in (*users, "nobody")}

    def at_admin(name):
        return clients[name].get("/admin").status_code

    for name in users:
        clients[name].post(f"/login/{name}")
    for name, status, advice in [
        ("nobody", 401, "Who has not logged in has no name: that is a 401, as before."),
        (
            "ada",
            200,
            "An administrator must get in, at every request after the login. What lasts from one to the next?",
        ),
        (
            "bob",
            403,
            "Bob is no administrator. Each browser has a session of its own: keep who it is there, and nowhere else.",
        ),
    ]:
        found = at_admin(name)
        if name == "nobody" and found == 200:
            advice = "Somebody else's login let her in. A global is shared by all browsers; each has its own session."
        if name == "bob" and found == 401:
            advice = "401 asks who is there, and Bob has said so. Who is known and may not gets a 403."
        if found != status:
            return NotYet(f"{name} at /admin: {found}", status, advice)
    users["ada"]["admin"] = False
    found = at_admin("ada")
    if found != 403:
        again = at_admin("ada")
        late = "One request too late. The role is asked for before the view decides, not after it."
        old = "The cookie, or a copy, still says what was true at the login. Ask `users` itself, at each request."
        return NotYet(f"Ada's role was taken away, and then at /admin: {found}", 403, late if again == 403 else old)
    users["bob"]["admin"] = True
    found = at_admin("bob")
    if found != 200:
        return NotYet(
            f"Bob was made an administrator, and then at /admin: {found}",
            200,
            "It works in one direction only: a role that was given is not seen. Do not ask the session for the role "
            "at all.",
        )
    del users["eve"]
    found = at_admin("eve")
    if found != 401:
        return NotYet(
            f"Eve's account was deleted, and then at /admin: {found}",
            401,
            "A session can name somebody who is gone. users.get() gives None for that.",
        )
    clients["bob"].post("/logout")
    found = at_admin("bob")
    if found != 401:
        return NotYet(
            f"Bob logged out, and then at /admin: {found}", 401, "Logging out worked before. Let it take the name."
        )
    found = clients["nobody"].post("/login/zoe").status_code
    if found < 400:
        return NotYet(
            f"somebody who is no member logged in: {found}",
            404,
            "Only members may log in, as before: the name must be in `users`.",
        )
