from .test_upgrade import ChangeCommon


class ChangesToTheLetterCommon(ChangeCommon):
    """What the FAQ says of running contracts, read strictly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.helpdesk_option = cls._create_waas_product(
            "Long Hours", "option", waas_component_id=cls.helpdesk.id
        )
        cls.bundle.waas_option_ids += cls.helpdesk_option
        cls._create_price(cls.helpdesk_option, 12, 5.0, 2.0)

    def _get_todos(self, record, kind):
        return record._waas_find_todos(kind)
