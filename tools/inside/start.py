"""Odoo's command line, on the Odoo that WAAS_ODOO_PATH names.

The path goes to the end of Python's search path: an installed Odoo often lies amid
the system's packages, which must not take the place of the environment's.
"""

import os
import sys

sys.path.append(os.environ["WAAS_ODOO_PATH"])

import odoo.cli  # noqa: E402

if __name__ == "__main__":
    if os.environ.get("WAAS_TEST_PLAN"):
        import odoo_tests

        odoo_tests.watch(os.environ["WAAS_TEST_PLAN"])
    odoo.cli.main()
