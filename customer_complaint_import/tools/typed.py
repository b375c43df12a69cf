"""What people type into spreadsheets: days, amounts, ages, boxes.

Pure functions over texts. Each returns what was meant, None where a cell says nothing,
and raises :class:`Unreadable` where it cannot be told: a cell is never read as
something else than was meant.
"""

import re
from datetime import date, datetime, timedelta
from math import isfinite

from odoo.addons.customer_complaint_base.tools.text import normalise

# What stands in a cell for nothing.
NOTHING = frozenset({"", "/", "\\", "-", "--", "---", "—", "——", "–", "无", "没有"}) | {
    "n/a",
    "na",
    "none",
    "nil",
}
# How a box is ticked, or left empty, on paper and in a spreadsheet. A cross is neither:
# some tick with it, others strike out.
TICKS = frozenset("√✓✔☑■●vy是有对1") | {"yes", "true", "√√"}
NO_TICKS = frozenset("☐□○n否无0-–—/") | {"", "no", "false", "没有"}
MALE = frozenset({"男", "男性", "先生", "男士", "m", "male", "mr", "mr."})
FEMALE = frozenset(
    {"女", "女性", "女士", "小姐", "太太", "f", "female", "ms", "ms.", "mrs", "mrs."}
)

# Day zero of Excel; its imaginary 29 February 1900 is long past.
EXCEL_ZERO = date(1899, 12, 30)
# 1954 to 2119: numbers below are years or quantities, those above days in digits.
EXCEL_DAYS = range(20_000, 80_000)
# No complaint and no paper card is older.
FIRST_YEAR = 1900
# Two digits above this cannot be a day or a month.
MAX_DAY = 31

TIME = re.compile(
    r"[\sT,]*(?:(?P<half>上午|下午|晚上|早上|中午|凌晨|AM|PM)\s*)?"
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?:(?P<minute>\d{1,2})\s*(?:[:分]\s*"
    r"(?:(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)?)?(?:\s*(?P<after>AM|PM))?$",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"[(\s]*(?:星期|周|礼拜)[一二三四五六日天][)\s]*$")
YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
)
SHORT_YEAR = re.compile(
    r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
)
YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
NO_YEAR = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
DIGITS = re.compile(r"\d+")
SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
NUMERALS = {"〇": 0, "零": 0, "○": 0} | {
    numeral: number for number, numeral in enumerate("一二三四五六七八九", start=1)
}
NUMERAL_RUN = re.compile("[〇○零一二三四五六七八九十]+(?=[年月日号])")

CURRENCY = re.compile(
    r"^(?:人民币|RMB|CNY|[¥￥$€£])\s*|\s*(?:人民币|RMB|CNY|[¥￥$€£])$", re.I
)
# Signs that name the money of one country or a few, other than the home of registers.
FOREIGN_SIGNS = frozenset("$€£")
AMOUNT = re.compile(
    r"(?P<minus>-)?\s*(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"\s*(?P<times>[十百千万亿]*)\s*(?:元整?|圆整?|块钱?)?整?"
)
TIMES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
AGE = re.compile(r"(\d+)(?:\.0+)?\s*(?:周?岁)?")


class Unreadable(ValueError):
    """A cell that cannot be read as what its column is for."""


def is_nothing(text):
    """Return whether a cell says that there is nothing to say."""
    return normalise(text).casefold() in NOTHING


# ----------------------------------------------------------------------
# DAYS
# ----------------------------------------------------------------------


def read_moment(value, today=None):
    """Read a day, maybe with a time of the day.

    :param value: a text, or what a spreadsheet itself knows to be a day
    :param date today: for days without a year: of this year, or of the last where they
        would lie in the future; without it they are not read
    :return: the time as written, midnight where none is; None for nothing
    :rtype: datetime or None
    :raise Unreadable: if it can be read in two ways, or in none
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if is_nothing(value):
        return None
    text = _without_numerals(normalise(value))
    text = WEEKDAY.sub("", text).strip()
    moment = _read_serial(text)
    if moment:
        return moment
    hours = timedelta()
    match = TIME.search(text)
    if match and match.start():
        hours = _read_time(match)
        text = WEEKDAY.sub("", text[: match.start()]).strip()
    day = _read_day(text, today)
    return datetime(day.year, day.month, day.day) + hours


def read_day(value, today=None):
    """Read a day; a time of the day is left out. See :func:`read_moment`.

    :rtype: date or None
    """
    moment = read_moment(value, today)
    return moment and moment.date()


def _without_numerals(text):
    """Return a text with the Chinese numerals of a day in digits."""

    def to_digits(match):
        run = match[0]
        if "十" not in run:
            return "".join(str(NUMERALS[numeral]) for numeral in run)
        tens, _ten, ones = run.partition("十")
        return str((NUMERALS.get(tens, 1) * 10) + NUMERALS.get(ones, 0))

    return NUMERAL_RUN.sub(to_digits, text)


def _read_serial(text):
    """Read a day as Excel counts it, with the time as a fraction."""
    match = SERIAL.fullmatch(text)
    if not match or int(match[1]) not in EXCEL_DAYS:
        return None
    day = EXCEL_ZERO + timedelta(days=int(match[1]))
    seconds = round(float(f"0.{match[2] or 0}") * 86_400)
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)


def _read_time(match):
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or match["after"] or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12:
        hour += 12
    if half in ("上午", "早上", "凌晨", "AM") and hour == 12:
        hour = 0
    if half == "中午" and hour < 3:
        hour += 12
    second = int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable(match[0])
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _read_day(text, today):
    if match := YEAR_FIRST.fullmatch(text):
        return _make_day(text, *match.groups())
    if DIGITS.fullmatch(text) and len(text) == 8:
        return _make_day(text, text[:4], text[4:6], text[6:])
    if match := YEAR_LAST.fullmatch(text):
        first, second, year = match.groups()
        # The month comes first in America, the day in Europe.
        if int(first) <= 12 and int(second) <= 12 and first != second:
            raise Unreadable(text)
        if int(first) > 12:
            first, second = second, first
        return _make_day(text, year, first, second)
    if match := SHORT_YEAR.fullmatch(text):
        year, month, day = match.groups()
        # Below, it can be the day as well; written with 年 it cannot.
        if int(year) <= MAX_DAY and "年" not in text:
            raise Unreadable(text)
        century = 1900 if int(year) > MAX_DAY else 2000
        return _make_day(text, century + int(year), month, day)
    match = NO_YEAR.fullmatch(text)
    if match and today:
        day = _make_day(text, today.year, *match.groups())
        return day if day <= today else _make_day(text, today.year - 1, *match.groups())
    raise Unreadable(text)


def _make_day(text, year, month, day):
    try:
        result = date(int(year), int(month), int(day))
    except ValueError as error:
        raise Unreadable(text) from error
    if result.year < FIRST_YEAR:
        raise Unreadable(text)
    return result


# ----------------------------------------------------------------------
# NUMBERS
# ----------------------------------------------------------------------


def read_amount(value, own_sign=None):
    """Read an amount of money, or any number with decimals.

    ``1.2万`` is 12,000; ``1,200`` is one thousand two hundred: a comma stands between
    thousands only, and decimals follow a point.

    :param str own_sign: of the company's currency: money with the sign of another one
        is not read; without it any sign is left out
    :rtype: float or None
    :raise Unreadable: if it is no number
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not isfinite(value):
            raise Unreadable(str(value))
        return float(value)
    if is_nothing(value):
        return None
    text = normalise(value)
    if own_sign is not None and FOREIGN_SIGNS & set(text) - set(own_sign):
        raise Unreadable(text)
    bare = text
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    sign = "-" if bare.startswith("-") else ""
    bare = CURRENCY.sub("", bare.removeprefix("-").strip())
    match = AMOUNT.fullmatch(sign + CURRENCY.sub("", bare).strip())
    if not match:
        return _read_exponent(text)
    amount = float(match["number"].replace(",", ""))
    for numeral in match["times"]:
        amount *= TIMES[numeral]
    # As typed: 1.2 times 10,000 is a little less in binary numbers.
    amount = round(amount, 6)
    if not isfinite(amount):
        raise Unreadable(text)
    return -amount if match["minus"] else amount


def _read_exponent(text):
    """Read a large number as spreadsheets write it, e.g. ``1.2E+5``."""
    if not re.fullmatch(r"-?\d+(?:\.\d+)?[eE][+-]?\d{1,2}", text):
        raise Unreadable(text)
    return float(text)


def read_whole(value):
    """Read a whole number, e.g. an age: ``35岁``.

    :rtype: int or None
    :raise Unreadable: if it is none
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if is_nothing(value):
        return None
    match = AGE.fullmatch(normalise(value))
    # Beyond this no database keeps it, and no column of ours means it.
    if not match or int(match[1]) > 2**31 - 1:
        raise Unreadable(normalise(value))
    return int(match[1])


# ----------------------------------------------------------------------
# WORDS
# ----------------------------------------------------------------------


def read_tick(value):
    """Read whether a box is ticked.

    :rtype: bool
    :raise Unreadable: if that cannot be told
    """
    if isinstance(value, bool):
        return value
    text = normalise(value).casefold()
    if text in TICKS:
        return True
    if text in NO_TICKS:
        return False
    raise Unreadable(text)


def read_gender(value):
    """Read a gender, also from how somebody is addressed.

    :return: ``male``, ``female`` or None for nothing
    :raise Unreadable: if it is neither; it may be the label of another choice
    """
    if is_nothing(value):
        return None
    text = normalise(value).casefold()
    if text in MALE:
        return "male"
    if text in FEMALE:
        return "female"
    raise Unreadable(text)
