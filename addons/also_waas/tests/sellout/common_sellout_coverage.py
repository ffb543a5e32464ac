from ..common.replayed import replayed
from .common_sellout import SelloutCommon


class CoverageCommon(SelloutCommon):
    """Laptops of a manufacturer that is approved, and whom nobody has set up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_maker()

    @classmethod
    @replayed
    def _set_up_maker(cls):
        cls.maker = cls.env["waas.manufacturer"].create(
            {"name": "Newmake", "approved": True, "warranty_max_months": 60}
        )
        cls.laptop.waas_manufacturer_id = cls.maker
        cls.today = cls.also._waas_today()
        cls.rows = cls.env["waas.sellout.unnotified"]

    def _find(self, *domain):
        """What somebody has to decide about, as pairs of serial number and why."""
        rows = self.rows.search([*domain, ("why", "!=", "before")])
        return [(row.serial, row.why) for row in rows]

    @replayed
    def _switch_off(self, reason="Wants none"):
        self.maker.write({"sellout": False, "sellout_off_reason": reason})

    def _forget(self):
        """As in a database in which reporting was never turned on."""
        self.maker.sudo().write(
            {
                "sellout": False,
                "sellout_off_reason": "Forgotten",
                "sellout_start": False,
                "sellout_by_fact": False,
            }
        )
        self.maker.sellout_off_reason = False

    def _leave_out(self, rows, reason="Wants none", user=None):
        action = rows.with_user(user or self.manager).action_leave_out()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or self.manager)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        return wizard.action_leave_out()
