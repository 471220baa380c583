"""Tokens: a recipe as one printable word. Decoding never executes or unpickles anything.

A token begins with its form: `h2.` (see `harness.model.token_h2`), or `h1.`, which older versions wrote of everything
(see `harness.model.token_h1`).
"""

from __future__ import annotations

import re

from harness.model import token_h1, token_h2
from harness.model.answers import Recipe
from harness.model.errors import BadInput
from harness.model.order import Order
from harness.model.trace import shorten

PREFIX = token_h2.PREFIX
FORMS = {token_h1.PREFIX: token_h1.decode, token_h2.PREFIX: token_h2.decode}
FORM = re.compile(r"h[0-9]{1,6}\.")
AROUND = " \t\r\n\"'`()<>[]*$.,;:\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
"""What may stand around a token in the text that it is copied from; a token neither begins nor ends with any of it."""
COMMANDS = ("harness replay ", "harness explain ", "harness confirm ")


def encode(recipe: Recipe) -> str:
    """The token of a recipe; equal recipes have equal tokens."""
    order = recipe.order
    if isinstance(order, Order):
        return token_h2.encode(recipe.reference, recipe.settings, order)
    return token_h1.encode(recipe.reference, recipe.settings, order)


def bare(text: str) -> str:
    """The token in what was pasted, perhaps with the command before it; all of it, if there is more than that."""
    found = text.strip(AROUND)
    for command in COMMANDS:
        found = found.removeprefix(command).lstrip(AROUND)
    return found if FORM.match(found) else text.strip()


def decode(token: str) -> Recipe:
    """The recipe in a token; see `bare`.

    Raises:
        BadInput: it is not a token, is truncated or altered, or is of another version.
    """
    token = bare(token) if isinstance(token, str) else token
    form = FORM.match(token) if isinstance(token, str) else None
    if form is None:
        raise BadInput(
            f"a token starts with {PREFIX!r} or 'h1.'; found {shorten(token, 20)}: copy the whole token from the report"
        )
    if form[0] not in FORMS:
        raise BadInput(
            f"the token is of the form {form[0][:-1]}, and this version of the harness reads h1 and h2: "
            "replay it with the version that made it"
        )
    try:
        recipe = FORMS[form[0]](token[form.end() :])
    except ValueError:
        raise BadInput(
            "the token's content is not what this version writes: replay it with the version that made it"
        ) from None
    if recipe is None:
        raise BadInput("the token is damaged (its checksum does not match): copy the whole token from the report")
    return recipe
