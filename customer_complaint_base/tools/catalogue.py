"""How the rows of a printed list are spread over its pages."""

import unicodedata

# A wide letter takes the room of two narrow ones.
WIDE = ("W", "F")


def get_width(text):
    """Return the room a text takes, in narrow letters."""
    return sum(2 if unicodedata.east_asian_width(c) in WIDE else 1 for c in text)


def count_lines(text, room):
    """Return how many lines a text takes in a column.

    :param str text: may have line breaks
    :param int room: narrow letters in a line of the column
    :rtype: int
    """
    return sum(max(1, -(-get_width(line) // room)) for line in (text or "").split("\n"))


def paginate(rows, rooms, lines_per_page, margin):
    """Spread rows over pages so that each page holds its rows, head included.

    Not every program that prints repeats the head of a table on a new page.

    :param rows: texts of the columns, by row
    :param rooms: narrow letters in a line, by column; None: always one line
    :param int lines_per_page: what fits under the head
    :param float margin: what a row takes besides its text, in lines
    :return: the rows of each page; one empty page if there are no rows
    :rtype: list[list]
    """
    pages, page, used = [], [], 0
    for row in rows:
        needed = margin + max(
            count_lines(text, room)
            for text, room in zip(row, rooms, strict=True)
            if room
        )
        if page and used + needed > lines_per_page:
            pages.append(page)
            page, used = [], 0
        page.append(row)
        used += needed
    return [*pages, page]
