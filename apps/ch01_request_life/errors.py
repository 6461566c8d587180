"""The exceptions that become responses of our own making."""


class OutOfCoins(Exception):
    """The listener has not paid."""


def ask_for_a_coin(error):
    return {"error": "insert a coin"}, 402


def apologise(error):
    return {"error": "something went wrong"}, 500


def init_app(app):
    app.register_error_handler(OutOfCoins, ask_for_a_coin)
    app.register_error_handler(500, apologise)
