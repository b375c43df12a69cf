"""Amounts of money in Chinese capital numerals (大写金额).

Written as the rules for filling in bills ask (支付结算办法, annex 1): ``整`` after
an amount that ends with 元, none after 角 or 分; zeros in the middle are written
once; ``零`` where the 角 is missing between 元 and 分. Where the rules leave it open
whether a zero is written (after 万 or 元 that end with zeros), none is.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

DIGITS = "零壹贰叁肆伍陆柒捌玖"
# Within a group of four digits, from the right.
PLACES = ("", "拾", "佰", "仟")
# Of the groups of four digits, from the right; the last one counts 万亿.
GROUPS = ("", "万", "亿", "万")
HUNDRED_MILLIONS = 2
ZERO, WHOLE, YUAN, JIAO, FEN = "零", "整", "元", "角", "分"
GROUP_LENGTH = len(PLACES)
CENT = Decimal("0.01")
# The first amount that is too large to be written.
LIMIT = Decimal(10) ** (GROUP_LENGTH * len(GROUPS))


def to_chinese_amount(amount):
    """Return an amount in Chinese capital numerals.

    >>> to_chinese_amount("1234.56")
    '壹仟贰佰叁拾肆元伍角陆分'

    :param amount: in yuan (元), a number or its text; rounded to the fen (分)
    :type amount: int, float, str or decimal.Decimal
    :rtype: str
    :raise ValueError: if it is no number, negative, or 10 000 万亿 yuan and more
    """
    cents = _to_cents(amount)
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    text = f"{_write_integer(yuan)}{YUAN}" if yuan else ""
    if not rest:
        return f"{text or ZERO + YUAN}{WHOLE}"
    if jiao:
        text += DIGITS[jiao] + JIAO
    elif text:
        text += ZERO
    if fen:
        text += DIGITS[fen] + FEN
    return text


def _to_cents(amount):
    """Return the amount in hundredths, as a whole number."""
    try:
        # The text of a float is what a person would write: 0.1 and not 0.1000…055.
        number = Decimal(str(amount))
    except InvalidOperation:
        raise ValueError(f"not an amount of money: {amount!r}") from None
    if not number.is_finite():
        raise ValueError(f"not an amount of money: {amount!r}")
    if number < 0:
        raise ValueError(f"a negative amount has no capital numerals: {amount!r}")
    if number >= LIMIT:
        raise ValueError(f"too large for capital numerals: {amount!r}")
    number = number.quantize(CENT, rounding=ROUND_HALF_UP)
    if number >= LIMIT:
        raise ValueError(f"too large for capital numerals: {amount!r}")
    return int(number * 100)


def _write_integer(number):
    """Return a whole number above zero in capital numerals.

    :param int number: below the limit
    :rtype: str
    """
    groups = []
    while number:
        number, group = divmod(number, 10**GROUP_LENGTH)
        groups.append(group)
    text = ""
    is_zero_due = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            # A group of zeros has no name; but 万亿 keeps its 亿.
            is_zero_due = bool(text)
            if index == HUNDRED_MILLIONS:
                text += GROUPS[index]
            continue
        if text and (is_zero_due or group < 10 ** (GROUP_LENGTH - 1)):
            text += ZERO
        text += _write_group(group) + GROUPS[index]
        is_zero_due = False
    return text


def _write_group(group):
    """Return a number from 1 to 9999 in capital numerals, zeros in it written once.

    :param int group: the number
    :rtype: str
    """
    text = ""
    is_zero_due = False
    for place in range(GROUP_LENGTH - 1, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            is_zero_due = bool(text)
            continue
        if is_zero_due:
            text += ZERO
            is_zero_due = False
        text += DIGITS[digit] + PLACES[place]
    return text
