"""Quantities as people read them."""

from odoo.tools.misc import formatLang


def format_quantity(env, quantity):
    """Return a quantity in the reader's language, without idle zeros.

    :param float quantity: with as many decimals as units of products have
    :rtype: str
    """
    digits = env["decimal.precision"].precision_get("Product Unit")
    quantity = round(quantity, digits)
    shown = next(
        places for places in range(digits + 1) if round(quantity, places) == quantity
    )
    return formatLang(env, quantity, digits=shown)
