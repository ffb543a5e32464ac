from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.tests import common

from odoo.addons.also_simpleapi_server.server import (
    Clock,
    Marketplace,
    SimpleApiServer,
)

from ... import batches
from ..common.cases import WaasCommon


class ConnectionCommon(WaasCommon):
    """The world of the tests, with a marketplace that speaks SimpleAPI."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = SimpleApiServer(Marketplace(Clock())).start()
        cls.addClassCleanup(cls.server.stop)
        cls.startClassPatcher(
            patch.object(batches, "own_transaction", cls._stay_in_transaction)
        )
        [(cls.api_user, cls.api_password)] = cls.server.marketplace.users.items()
        # As an administrator does.
        cls.marketplace = (
            cls.env["waas.marketplace"]
            .sudo()
            .create(
                {
                    "company_id": cls.also.id,
                    "base_url": cls.server.url,
                    "username": cls.api_user,
                    "password": cls.api_password,
                    "user_id": cls.manager.id,
                    "assumption_ids": [
                        Command.create({"name": "min_interval", "value": "0"})
                    ],
                }
            )
        )

    @staticmethod
    @contextmanager
    def _stay_in_transaction(env):
        """Another transaction would not see the world of the test."""
        env.flush_all()
        yield env(user=SUPERUSER_ID)
        env.invalidate_all()

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if request.url.startswith(cls.server.url):
            return common._super_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def _press(self, action, user=None):
        """Press a button of the marketplace's form."""
        marketplace = self.marketplace.with_user(user or self.manager).sudo(False)
        return getattr(marketplace, action)()

    def _catch(self, error, work):
        """The sentence of an error. ``assertRaises`` would undo what was written down
        on the way."""
        try:
            work()
        except error as caught:
            return str(caught)
        return self.fail(f"no {error.__name__}")

    def _count_logins(self):
        return len(self.server.marketplace.logins)
