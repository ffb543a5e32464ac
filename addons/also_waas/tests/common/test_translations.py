from odoo.tests import tagged

from .translations_common import TranslationsCommon


@tagged("-at_install", "post_install")
class TestTranslations(TranslationsCommon):
    addon = "also_waas"

    def test_dutch_is_complete(self):
        self._check_complete()

    def test_no_text_names_a_rule(self):
        self._check_rules()

    def test_list_of_same_texts_is_up_to_date(self):
        self._check_list()
