"""The world of :class:`~.cases.WaasCommon`, made once and kept in the database.

A company with its chart of accounts takes seconds, for each of a hundred classes.
``./waas test`` makes the world in its template database (:func:`make`); a class that
finds it there takes over what the making of it had set on its class, record by record.
Where there is none, as under Odoo's own ``--test-tags``, each class makes its own.
"""

import functools
import json
from datetime import date, datetime
from types import FunctionType

from odoo import models
from odoo.api import Environment
from odoo.modules import module
from odoo.modules.registry import Registry
from odoo.tests.common import TransactionCase, get_db_name

PARAMETER = "also_waas.test_world"


def make(world_class):
    """Make the world of a class of tests and keep it: this commits."""
    # Core asks it: a company that is made in a test gets a warehouse at once.
    module.current_test = world_class
    try:
        world_class.setUpClass()
        env = world_class.env
        text = json.dumps(_encode_attributes(world_class))
        env["ir.config_parameter"].sudo().set_param(PARAMETER, text)
        # What a test may not do: its cursor refuses, the cursor's class does not.
        type(env.cr).commit(env.cr)
    finally:
        world_class.tearDownClass()
        world_class.doClassCleanups()
        module.current_test = False


def find():
    """:return: what was kept in this database, by name of attribute; None: nothing"""
    return _find(get_db_name())


@functools.cache
def _find(database):
    with Registry(database).cursor() as cr:
        cr.execute("SELECT value FROM ir_config_parameter WHERE key = %s", [PARAMETER])
        row = cr.fetchone()
    return json.loads(row[0]) if row else None


def enter(test_class, world):
    """Set on a class of tests what the making of the world had set."""
    cr = test_class.env.cr
    for name, value in world.items():
        setattr(test_class, name, decode(value, cr))


# === TO TEXT AND BACK ===#


def _encode_attributes(world_class):
    class Bare(TransactionCase):
        """What Odoo sets on every class belongs to its cursor, not to the world."""

    Bare.setUpClass()
    Bare.doClassCleanups()
    own = set(vars(Bare)) - {"env"}
    return {
        name: encode(value)
        for name, value in vars(world_class).items()
        if name not in own
        and not name.startswith("__")
        and not isinstance(value, classmethod | staticmethod | property | FunctionType)
    }


def encode(value):
    """:return: what JSON can hold of records, dates and what is made of them

    :raise TypeError: of anything else
    """
    match value:
        case models.BaseModel():
            return {"model": value._name, "ids": value._ids, **_encode_env(value.env)}
        case Environment():
            return _encode_env(value)
        case dict():
            return {"dict": [[encode(k), encode(v)] for k, v in value.items()]}
        case tuple() | list() | set():
            kind = type(value).__name__
            return {"kind": kind, "items": [encode(item) for item in value]}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"The world of the tests cannot keep {value!r}")


def _encode_env(env):
    return {"uid": env.uid, "su": env.su, "context": dict(env.context)}


def decode(value, cr):
    """:return: what :func:`encode` was given, its records in a transaction"""
    if not isinstance(value, dict):
        return value
    if "datetime" in value:
        return datetime.fromisoformat(value["datetime"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    if "dict" in value:
        return {decode(k, cr): decode(v, cr) for k, v in value["dict"]}
    if "items" in value:
        items = [decode(item, cr) for item in value["items"]]
        return {"tuple": tuple, "list": list, "set": set}[value["kind"]](items)
    env = Environment(cr, value["uid"], value["context"], value["su"])
    return env[value["model"]].browse(value["ids"]) if "model" in value else env
