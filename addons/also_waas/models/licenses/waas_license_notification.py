from odoo import models


class WaasLicense(models.Model):
    """A notification may be the answer to a request (R9)."""

    _inherit = "waas.license"

    def _note_done_by(self, subscription):
        """A message whose answer was lost, or is still to come, is done when a
        notification says so."""
        self.ensure_one()
        first = (
            self._get_changes()
            .filtered(lambda message: message.state in ("pending", "sent"))
            .sorted("id")[:1]
        )
        if (
            first.revision != subscription.revision
            or first.seats != subscription.seats
            or not first.tries
        ):
            return
        # A worker that holds it is about to receive the same answer.
        for message in first.try_lock_for_update(allow_referencing=True):
            message._note_done(subscription)
            message.marketplace_id._wake()
