"""What older clients still ask for."""

import json


def shout(text: str) -> str:
    """In capitals."""
    return text.upper()
