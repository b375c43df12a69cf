import base64
import binascii
import io

from PIL import Image

from odoo.exceptions import UserError

# What a pen on a screen draws. Vector pictures can hold anything, scripts too.
SIGNATURE_FORMATS = ("PNG", "JPEG")
MAX_SIGNATURE_BYTES = 1_000_000
MAX_SIGNATURE_PIXELS = 4_000_000
# Of 255: below it nobody sees a line on the paper.
MIN_CONTRAST = 32


def check_signature(env, signature):
    """Return a signature, once it is seen to be a drawn picture of bounded size.

    :param env: of whoever signs
    :param signature: the picture, base64
    :type signature: str or bytes
    :return: the picture, base64
    :rtype: str
    :raise UserError: if it is no PNG or JPEG, is broken, too large or blank
    """
    try:
        content = base64.b64decode(signature or "", validate=True)
    except (ValueError, TypeError, binascii.Error) as error:
        raise UserError(_get_unreadable_reason(env)) from error
    if not content:
        raise UserError(env._("Draw the signature first."))
    if len(content) > MAX_SIGNATURE_BYTES:
        raise UserError(_get_too_large_reason(env))
    try:
        with Image.open(io.BytesIO(content), formats=SIGNATURE_FORMATS) as picture:
            picture.verify()
        with Image.open(io.BytesIO(content), formats=SIGNATURE_FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_SIGNATURE_PIXELS:
                raise UserError(_get_too_large_reason(env))
            drawn = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UserError(_get_unreadable_reason(env)) from error
    paper = Image.new("RGBA", drawn.size, "white")
    paper.alpha_composite(drawn)
    darkest, lightest = paper.convert("L").getextrema()
    if lightest - darkest < MIN_CONTRAST:
        raise UserError(env._("The signature is blank. Draw it first."))
    return base64.b64encode(content).decode()


def _get_unreadable_reason(env):
    return env._("The signature cannot be read. Draw it again: a PNG or JPEG picture.")


def _get_too_large_reason(env):
    return env._("The signature is too large. Draw it again, smaller.")
