from datetime import date

from odoo.fields import Domain
from odoo.http import Request

PLAIN = (str, int, float, date, Domain, type(None))

# Records that Odoo's own layout reads, whatever the page shows.
OF_LAYOUT = (
    "sales_user",  # the contact that Odoo's portal names beside its pages
    "res_company",  # its logo and name: of who rents out, on the page to sign
)


def find_other_values(value, path):
    """Where a value is neither a text, a number, a date nor a collection of these: a
    record, or what leads to one."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from find_other_values(key, f"{path} key")
            yield from find_other_values(one, f"{path}[{key!r}]")
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from find_other_values(one, f"{path}[]")
    elif not isinstance(value, PLAIN):
        yield f"{path}: {value!r}"


class PlainPages:
    """Whatever a test opens, no page of ours gets a record: its template could show
    every field of it, and of what hangs on it, to whom the page is for."""

    def setUp(self):
        super().setUp()
        self.rendered = []  # tuples of template and values
        self.other_values = []
        render = Request.render

        def watch(request, template, qcontext=None, **options):
            if template.startswith("also_waas."):
                self._note_page(template, qcontext or {})
            return render(request, template, qcontext, **options)

        self.patch(Request, "render", watch)

    def tearDown(self):
        super().tearDown()
        self.assertFalse(self.other_values, "Pages get plain values only.")

    def _note_page(self, template, values):
        self.rendered.append((template, values))
        for name, value in values.items():
            if name not in OF_LAYOUT:
                self.other_values += find_other_values(value, f"{template} {name}")
