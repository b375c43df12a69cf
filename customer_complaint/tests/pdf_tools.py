"""Look into a printed paper."""

import subprocess
import unicodedata
from io import BytesIO

from odoo.tools.pdf import PdfReader


def read_pages(content):
    """Return the pages of a PDF."""
    return PdfReader(BytesIO(content)).pages


def read_text(content):
    """Return the text of a PDF, without the look-alikes some fonts extract as."""
    text = run_poppler("pdftotext", content, "-layout", "-", "-")
    return unicodedata.normalize("NFKC", text)


def read_fonts(content):
    """Return the lines of pdffonts, one for each font."""
    return run_poppler("pdffonts", content, "-").splitlines()[2:]


def run_poppler(command, content, *args):
    # Of the system's package poppler-utils.
    result = subprocess.run(
        [command, *args], input=content, capture_output=True, check=True
    )
    return result.stdout.decode()
