"""Values that people type, checked and put into one form."""

import logging
import re

from app.errors import Invalid

logger = logging.getLogger(__name__)

MAX_EMAIL_LENGTH = 254
MAX_NAME_LENGTH = 100

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}")


def normalize_email(text: str) -> str:
    """An e-mail address, trimmed and in lower case. Raises `Invalid` where it is not one."""
    email = text.strip().lower()
    if len(email) > MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(email):
        logger.warning("not an e-mail address: length=%d", len(email))
        raise Invalid("email: not an e-mail address")
    return email


def clean_name(text: str, field: str = "name") -> str:
    """A name with single spaces. Raises `Invalid` where it is blank or too long."""
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME_LENGTH:
        logger.warning("field=%s length=%d", field, len(name))
        raise Invalid(f"{field}: must be 1 to {MAX_NAME_LENGTH} characters")
    return name
