"""Write the translation files of an addon from a fresh export of its terms.

usage: merge_translations.py EXPORT.pot I18N_DIRECTORY ADDON LANGUAGE...

Odoo's own export of a language reads the translations back from a database, where one
that equals its source is lost, and stamps both files with the time of day. Here the
translations come from the file that is there, and a file whose terms did not change is
not touched.
"""

import sys
from pathlib import Path

import polib

DATES = ("POT-Creation-Date", "PO-Revision-Date")


def same(old, new):
    """Tell whether two catalogues differ in more than their dates."""
    return without_dates(old) == without_dates(new)


def without_dates(catalogue):
    lines = str(catalogue).splitlines()
    return [
        line
        for line in lines
        if not line.startswith(tuple(f'"{name}' for name in DATES))
    ]


def write_template(export, path):
    if path.exists() and same(polib.pofile(str(path)), export):
        return
    export.save(str(path))


def write_language(export, path, language):
    old = polib.pofile(str(path)) if path.exists() else None
    known = {(entry.msgctxt, entry.msgid): entry for entry in old or ()}
    new = polib.POFile()
    new.header = export.header
    new.metadata = dict((old or export).metadata, Language=language)
    for term in export:
        entry = polib.POEntry(
            msgctxt=term.msgctxt,
            msgid=term.msgid,
            comment=term.comment,
            occurrences=term.occurrences,
            flags=list(term.flags),
        )
        before = known.get((term.msgctxt, term.msgid))
        if before is not None:
            entry.msgstr = before.msgstr
            entry.tcomment = before.tcomment
            entry.flags += [flag for flag in before.flags if flag == "fuzzy"]
        new.append(entry)
    if old is None or not same(old, new):
        new.metadata.update(
            {name: export.metadata[name] for name in DATES if name in export.metadata}
        )
        new.save(str(path))
    return sum(1 for entry in new if not entry.msgstr)


def main():
    source, directory, addon, *languages = sys.argv[1:]
    export = polib.pofile(source)
    directory = Path(directory)
    directory.mkdir(exist_ok=True)
    write_template(export, directory / f"{addon}.pot")
    for language in languages:
        path = directory / f"{language}.po"
        missing = write_language(export, path, language)
        print(f"{path}: {len(export)} terms, {missing} without translation")


main()
