from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_system_fields import SystemFieldsCommon


@tagged("post_install", "-at_install", "slow")
class TestSystemFields(SystemFieldsCommon):
    """What only the system writes: every such field of every model, on every way in, as
    everybody (R1, R7, R11, R13)."""

    def _assert_unchanged(self, what, record, field_name, value):
        """Refused, or not written at all: core leaves out what a value is already."""
        before = record.sudo()[field_name]
        current = record._fields[field_name].convert_to_write(before, record.sudo())
        if current != value and (before or value):
            self._assert_refused(what, record.write, {field_name: value})
            return
        try:
            with self.env.cr.savepoint():
                record.write({field_name: value})
        except (AccessError, UserError):
            return
        record.invalidate_recordset()
        self.assertEqual(record.sudo()[field_name], before, what)

    def _get_needed(self, name):
        """What core looks at before anything else."""
        if name == "account.move.line":
            return {"move_id": self.env["account.move"].sudo().search([], limit=1).id}
        return {}

    # === THE KIND ===#

    def test_every_field_that_the_system_writes_is_guarded(self):
        """Whatever is read-only by its definition: nobody has to remember a list."""
        models = self._get_models()
        self.assertGreater(len(models), 30)
        for name, names in models.items():
            with self.subTest(model=name):
                self.assertTrue(hasattr(self.env[name], "_waas_get_system_fields"))
                missing = names - self.env[name]._waas_get_system_fields()
                self.assertFalse(missing, f"{name}: {missing}")

    # === WRITE AND CREATE ===#

    def test_nobody_writes_a_system_field(self):
        tried = 0
        for name, names in self._get_models().items():
            record = self.env[name].sudo().search([], limit=1)
            if not record:
                continue
            for field_name in sorted(names):
                field = record._fields[field_name]
                for value in (self._make_value(field), False):
                    for person, user in self.people.items():
                        what = f"{person}: {name}.{field_name} = {value!r}"
                        mine = record.with_user(user)
                        self._assert_unchanged(what, mine, field_name, value)
                        tried += 1
        self.assertGreater(tried, 3000)

    def test_nobody_creates_a_record_with_a_system_field(self):
        for name, names in self._get_models().items():
            for field_name in sorted(names):
                value = self._make_value(self.env[name]._fields[field_name])
                for person, user in self.people.items():
                    model = self.env[name].with_user(user)
                    for given in (value, False):
                        what = f"{person}: {name} with {field_name} = {given!r}"
                        vals = {**self._get_needed(name), field_name: given}
                        self._assert_refused(what, model.create, vals)

    def test_nobody_imports_a_system_field(self):
        for name, names in self._get_models().items():
            record = self.env[name].sudo().search([], limit=1)
            plain = [
                field_name
                for field_name in sorted(names)
                if record._fields[field_name].type in ("char", "integer", "monetary")
            ]
            for field_name in plain if record else ():
                before = record[field_name]
                for user in (self.manager, self.accountant):
                    what = f"{name}.{field_name}"
                    try:
                        with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                            result = record.with_user(user).load(
                                [".id", field_name], [[str(record.id), "7"]]
                            )
                    except AccessError:
                        continue  # not even to be found
                    record.invalidate_recordset()
                    self.assertFalse(result["ids"], f"{what}: {result}")
                    self.assertEqual(record[field_name], before, what)
