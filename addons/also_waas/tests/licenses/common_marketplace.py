from .marketplace_common import MarketplaceCommon


class MarketplaceSendingCommon(MarketplaceCommon):
    """R9: what is asked for is done once, whatever happens on the way."""

    def setUp(self):
        super().setUp()
        self.license = self._create_licensed(5).waas_license_ids
        self.message = self._get_messages("pending")
