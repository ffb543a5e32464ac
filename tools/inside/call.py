"""Call `main(env, args)` of a Python file in the environment of a database.

The file may also have `add_arguments(parser)`. What `main` returns is the exit status;
its work is committed unless it raises.

    call.py DATABASE FILE [ARGUMENT …]
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

sys.path.append(os.environ["WAAS_ODOO_PATH"])

from odoo.api import SUPERUSER_ID, Environment  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.service.server import load_server_wide_modules  # noqa: E402
from odoo.tools import config  # noqa: E402


def load(file):
    """Import a file that is part of no package."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(file.parent))  # files beside it may be imported
    spec.loader.exec_module(module)
    return module


def parse(module, words):
    parser = argparse.ArgumentParser(
        prog=f"./waas bench {module.__name__}", description=module.__doc__
    )
    if hasattr(module, "add_arguments"):
        module.add_arguments(parser)
    return parser.parse_args(words)


def main(database, file, *words):
    config.parse_config(
        ["-d", database, "--no-http", "--log-level=warn"], setup_logging=True
    )
    load_server_wide_modules()
    module = load(Path(file))
    args = parse(module, words)
    with Registry(database).cursor() as cr:
        return module.main(Environment(cr, SUPERUSER_ID, {}), args)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
