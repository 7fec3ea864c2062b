"""How a command says no."""


class Refused(Exception):
    """The text is for the person at the terminal."""
