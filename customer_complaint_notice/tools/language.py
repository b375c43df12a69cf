"""Whether a text can be in a language, told by its script alone."""

# Languages written with Han characters, kana or hangul.
EAST_ASIAN = ("zh", "ja", "ko")
# Names of firms, goods and people of the other script do not make a text foreign.
FOREIGN_SHARE = 0.4
# And some of its own a text always has.
NATIVE_SHARE = 0.1
# What is shorter says nothing of its language, e.g. "OK", a number, a name.
MIN_LETTERS = 4


def seems_foreign(text, lang):
    """Return whether a text is most likely not in a language.

    By script: Chinese is told from English, English from French is not.

    :param str text: may be empty
    :param str lang: code of the language, e.g. ``zh_CN``
    :rtype: bool
    """
    letters = [char for char in text or "" if char.isalpha()]
    if len(letters) < MIN_LETTERS:
        return False
    east_asian = sum(char >= "\u2e80" for char in letters) / len(letters)
    if (lang or "").startswith(EAST_ASIAN):
        return east_asian < NATIVE_SHARE
    return east_asian > FOREIGN_SHARE
