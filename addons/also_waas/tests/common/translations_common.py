import re

import polib

from odoo.tests import TransactionCase
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader

LANGUAGE = "nl"
MARKUP = re.compile(r"<[^>]*>|%\(\w+\)[a-z]|%[a-z]|https?://\S+|\{\w*\}")
RULE = re.compile(r"\bR\d{1,2}\b")
# Code that the export takes for text: names of printed files.
CODE = re.compile(r"\bobject\.\w+")


class TranslationsCommon(TransactionCase):
    """The Dutch of an addon is complete: every text that the running addon exports has
    its translation.

    A text that reads the same in Dutch has none in the file, as OCA's check demands. It
    is listed in ``same_in_dutch.txt`` beside the test of its addon, so that it differs
    from one that was forgotten. What has no words needs neither.
    """

    addon = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.addon:
            return
        catalogue = polib.pofile(file_path(f"{cls.addon}/i18n/{LANGUAGE}.po"))
        cls.translated = {entry.msgid for entry in catalogue.translated_entries()}
        with open(
            file_path(f"{cls.addon}/tests/same_in_dutch.txt"), encoding="utf-8"
        ) as file:
            cls.same = set(file.read().splitlines())

    def _export(self):
        """:return: dict of exported text -> where it comes from"""
        places = {}
        for row in TranslationModuleReader(self.env.cr, modules=[self.addon]):
            _module, kind, name, record, text, *_rest = row
            place = name if kind == "code" else f"{name} {record}"
            places.setdefault(text, place)
        return places

    @staticmethod
    def _has_words(text):
        return bool(re.search(r"[^\W\d_]", MARKUP.sub("", text)))

    def _check_complete(self):
        exported = self._export()
        self.assertTrue(exported, "Nothing was exported")
        missing = {
            text: place
            for text, place in exported.items()
            if text not in self.translated
            and text not in self.same
            and self._has_words(text)
            and not CODE.search(text)
        }
        if missing:
            lines = (f"  {text!r}\n      {missing[text]}" for text in sorted(missing))
            self.fail(
                f"{len(missing)} texts of {self.addon} have no Dutch. Run "
                f"`./waas update-pot` and translate them in i18n/{LANGUAGE}.po; list "
                "what reads the same in Dutch in tests/same_in_dutch.txt:\n"
                + "\n".join(lines)
            )

    def _check_rules(self):
        """The numbers of our rules are for whoever reads the code."""
        naming = {text for text in self._export() if RULE.search(text)}
        self.assertFalse(naming)

    def _check_list(self):
        """The list has nothing that was translated or is gone."""
        exported = self._export()
        stale = [
            text
            for text in sorted(self.same)
            if text not in exported or text in self.translated
        ]
        self.assertFalse(stale, "Take these out of tests/same_in_dutch.txt")
