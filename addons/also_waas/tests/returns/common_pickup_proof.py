from ..common.replayed import replayed
from .common_returns import ReturnCommon


class PickupProofCommon(ReturnCommon):
    """R15: secure means counted, sealed and signed, at the door, in the chain of
    custody of every device."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls._create_site()

    @replayed
    def _order_pickup(self, devices=None, sites=None, **values):
        """A confirmed pick-up; ``sites`` says where some of its devices stand."""
        record = self._create_pickup(
            self.devices if devices is None else devices, **values
        )
        for line in record.line_ids:
            line.pickup_address_id = (sites or {}).get(line.device_id)
        record.action_announce()
        record.action_confirm_pickup()
        return record
