"""Every way in which a token comes out wrong when people copy it, and what is made of it then."""

import string

from harness.errors import BadInput
from harness.model.answers import Recipe
from harness.model.token import decode

ALPHABET = string.ascii_letters + string.digits + "-_+/=. é\n\0"


def decoded(token: str) -> Recipe | None:
    """What a token is taken for; None if it is refused."""
    try:
        return decode(token)
    except BadInput:
        return None


def altered(token: str) -> set[str]:
    """One character is another one."""
    return {token[:at] + new + token[at + 1 :] for at in range(len(token)) for new in ALPHABET} - {token}


def misspelt(token: str) -> set[str]:
    """One character is lost or doubled, or two are swapped."""
    places = range(len(token))
    lost_or_doubled = {token[:at] + more + token[at + 1 :] for at in places for more in ("", token[at] * 2)}
    return (lost_or_doubled | {token[:at] + token[at : at + 2][::-1] + token[at + 2 :] for at in places}) - {token}
