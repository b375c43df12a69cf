import unicodedata


def normalise(text):
    """Return a text as it is compared: half-width, without spaces around it.

    :param text: of a cell, maybe no text
    :rtype: str
    """
    text = unicodedata.normalize("NFKC", "" if text in (None, False) else str(text))
    return text.replace("\u200b", "").replace("\ufeff", "").strip()
