import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What the fingerprint covers, in this order: adding a field here breaks every chain.
SEALED_FIELDS = (
    "sequence",
    "date",
    "event",
    "serial",
    "party",
    "location",
    "reference",
    "res_model",
    "res_id",
    "note",
    "author",
    "previous_hash",
)


class WaasCustodyEntry(models.Model):
    """One thing that happened to a device, from its receipt to its disposal (R15).
    Entries are added, never changed: each carries the fingerprint of the one before,
    the ORM refuses to write on them and the database does so, too.

    Names are kept as text: they name the person of that time, also when the contact
    changes later.
    """

    _name = "waas.custody.entry"
    _description = "WaaS Custody Entry"
    _inherit = ["waas.guarded.mixin"]
    _order = "lot_id, sequence desc"
    _rec_name = "reference"
    _check_company_auto = True

    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Device",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    product_id = fields.Many2one(related="lot_id.product_id")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    sequence = fields.Integer(
        string="Number", required=True, readonly=True, aggregator=None
    )
    date = fields.Datetime(required=True, readonly=True, index=True)
    event = fields.Selection(
        selection=[
            ("received", "Received into Stock"),
            ("delivered", "Delivered"),
            ("corrected", "Delivery Corrected"),
            ("announced", "Return Announced"),
            ("picked_up", "Handed Over for Return"),
            ("back", "Received Back"),
            ("damaged", "Found Damaged"),
            ("missing", "Reported Missing"),
            ("written_off", "Written Off"),
            ("found", "Found Again"),
            ("erased", "Erasure Certified"),
            ("not_erased", "Erasure Failed"),
            ("destroyed", "Destruction Certified"),
            ("graded", "Graded"),
            ("refurbished", "Back to Stock"),
            ("resale", "To Resale"),
            ("sold", "Left Own Stock"),
            ("scrapped", "Scrapped"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    serial = fields.Char(string="Serial Number", required=True, readonly=True)
    party = fields.Char(readonly=True, help="Who gave or got the device.")
    location = fields.Char(readonly=True)
    reference = fields.Char(readonly=True)
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    note = fields.Char(readonly=True)
    author = fields.Char(readonly=True, help="The user who caused the entry.")
    previous_hash = fields.Char(readonly=True)
    entry_hash = fields.Char(string="Fingerprint", required=True, readonly=True)

    # Two transactions that add to the same device at once cannot both win.
    _unique_sequence = models.UniqueIndex(
        "(lot_id, sequence)", "This device's chain of custody has that entry already."
    )
    _check_sequence = models.Constraint(
        "CHECK (sequence > 0)", "Entries are counted from 1."
    )

    def init(self):
        """Let the database itself refuse to change or remove an entry: anyone who
        works around the ORM has to take this trigger away, and leaves a broken chain.

        The content of an entry cannot be changed. Columns beside it may change: that of
        the user who made it becomes empty when that user is deleted, and upgrades add
        others.
        """
        result = super().init()
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION waas_custody_append_only() RETURNS trigger
                AS $$ BEGIN
                    IF TG_OP = 'UPDATE' THEN
                        IF (%(new)s) IS NOT DISTINCT FROM (%(old)s) THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'The chain of custody is append-only.';
                END $$ LANGUAGE plpgsql;
                CREATE OR REPLACE TRIGGER waas_custody_append_only
                BEFORE UPDATE OR DELETE ON waas_custody_entry
                FOR EACH ROW EXECUTE FUNCTION waas_custody_append_only();
                CREATE OR REPLACE TRIGGER waas_custody_no_truncate
                BEFORE TRUNCATE ON waas_custody_entry
                FOR EACH STATEMENT EXECUTE FUNCTION waas_custody_append_only();
                """,
                new=_get_columns("NEW"),
                old=_get_columns("OLD"),
            )
        )
        return result

    # === CRUD METHODS ===#

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    def unlink(self):
        self._refuse_change()
        return super().unlink()

    def _refuse_change(self):
        # Superusers, too: a chain that can be edited proves nothing.
        if self:
            raise UserError(
                self.env._(
                    "Entries of the chain of custody cannot be changed or removed: "
                    "correct a mistake with a new entry."
                )
            )

    # === ACTIONS ===#

    def action_open_document(self):
        """Open what the entry is about."""
        self.ensure_one()
        if self.res_model not in self.env or not self.res_id:
            raise UserError(self.env._("This entry is about no document."))
        document = self.env[self.res_model].browse(self.res_id).exists()
        if not document:
            raise UserError(
                self.env._("%(name)s no longer exists.", name=self.reference)
            )
        return document._get_records_action()

    # === BUSINESS METHODS ===#

    @api.model
    def _get_fingerprint(self, values):
        """SHA-256 over what happened and the fingerprint of the entry before.

        :param dict values: the sealed fields, dates as ``datetime``
        """
        content = [values[name] or None for name in SEALED_FIELDS]
        content[SEALED_FIELDS.index("date")] = fields.Datetime.to_string(values["date"])
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _get_chain_problem(self, length, head):
        """What is wrong with the entries of one device, as a sentence, or False.

        :param int length: how many entries the device has on record
        :param str head: the fingerprint of its last one
        """
        previous = False
        for number, entry in enumerate(self.sorted("sequence"), 1):
            if entry.sequence != number:
                return self.env._("Entry %(number)s is missing.", number=number)
            values = {name: entry[name] for name in SEALED_FIELDS}
            if (entry.previous_hash or False) != previous:
                return self.env._(
                    "Entry %(number)s does not follow the one before.", number=number
                )
            if entry.entry_hash != self._get_fingerprint(values):
                return self.env._(
                    "Entry %(number)s was changed after it was made.", number=number
                )
            previous = entry.entry_hash
        if len(self) != length or previous != (head or False):
            return self.env._(
                "The device records %(length)s entries and there are %(count)s, and "
                "the last ones differ.",
                length=length,
                count=len(self),
            )
        return False


def _get_columns(row):
    """What of an entry never changes, of a row of the trigger."""
    names = ("lot_id", "company_id", *SEALED_FIELDS, "entry_hash")
    columns = [SQL("%s.%s", SQL(row), SQL.identifier(name)) for name in names]
    return SQL(", ").join(columns)
