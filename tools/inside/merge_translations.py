"""Bring a translation template and the languages beside it up to date.

    merge_translations.py FRESH_POT TARGET_POT

A template whose texts did not change is left as it is, so that dates alone make no
difference. Languages keep their translations; texts that are gone are dropped.
"""

import shutil
import sys
from pathlib import Path

import polib


def texts(catalogue):
    return {
        (entry.msgctxt, entry.msgid, entry.comment, tuple(sorted(entry.occurrences)))
        for entry in catalogue
    }


def update_template(fresh, target):
    if target.exists() and texts(polib.pofile(target)) == texts(polib.pofile(fresh)):
        print(f"  {target.name}: unchanged")
        return
    shutil.copyfile(fresh, target)
    print(f"  {target.name}: written, {len(polib.pofile(target))} texts")


def update_language(file, template):
    catalogue = polib.pofile(file)
    before = str(catalogue)
    catalogue.merge(template)
    for entry in catalogue.obsolete_entries():
        catalogue.remove(entry)
    if str(catalogue) != before:
        catalogue.save()
    missing = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
    print(f"  {file.name}: {missing} texts to translate")


def main(fresh, target):
    update_template(fresh, target)
    template = polib.pofile(target)
    for file in sorted(target.parent.glob("*.po")):
        update_language(file, template)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
