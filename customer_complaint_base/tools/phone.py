import re

from .text import normalise

# Between the numbers of several telephones. A single slash or comma; spaces and hyphens
# stand inside of one.
BETWEEN_PHONES = re.compile(r"[/,;、|\n]+|\b(?:or|and)\b|或|和")
EXTENSION = re.compile(r"(?:转|分机|ext\.?|#|x)\s*\d+\s*$", re.IGNORECASE)
CHINESE_MOBILE = re.compile(r"86(1\d{10})")
# A number has that many digits at least; less is an extension or a short code.
MIN_PHONE = 5


def get_phone_numbers(text, country_code=86):
    """Return the telephone numbers a text names, in the form they are compared in.

    Full-width digits, spaces, hyphens and brackets, the country code of the company's
    own country and the zero before an area code make no difference; an extension is
    left out.

    :param str text: e.g. ``+86 138-1234 5678 / 010-88880000``
    :param int country_code: of the company's country
    :return: digits only, each once
    :rtype: list[str]
    """
    numbers = []
    for part in BETWEEN_PHONES.split(normalise(text)):
        part = EXTENSION.sub("", part.strip())
        digits = "".join(character for character in part if character in "0123456789")
        is_international = part.lstrip(" (").startswith("+")
        if not is_international and digits.startswith("00"):
            is_international, digits = True, digits[2:]
        code = str(country_code or "")
        if is_international and code and digits.startswith(code):
            digits = digits.removeprefix(code)
        elif match := CHINESE_MOBILE.fullmatch(digits):
            digits = match[1]
        digits = digits.lstrip("0")
        if len(digits) >= MIN_PHONE and digits not in numbers:
            numbers.append(digits)
    return numbers
