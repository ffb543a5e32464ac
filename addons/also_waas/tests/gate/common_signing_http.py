import re

from ..common.cases import WaasHttpCommon
from ..common.cases_steps import SIGNATURE

DRAWING = SIGNATURE.decode()


class SigningHttpCommon(WaasHttpCommon):
    """R1: the signatory's page, from the mail to the signature, and what others try."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.waas_auto_confirm = False
        cls.order = cls._create_order(quantity=1)
        cls.order.action_waas_send_agreements()
        cls.agreements = cls.order.waas_agreement_ids
        cls.path = f"/waas/sign/{cls._get_token(cls.order)}"

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _open(self, path="", **kwargs):
        return self.url_open(self.path + path, **kwargs)

    def _post(self, path, files=None, **data):
        """Send a form of the page, with the secret that the page put in it."""
        page = self._open().text
        token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
        data["csrf_token"] = token[1] if token else ""
        return self._open(path, data=data, files=files)

    def _verify(self):
        self._post("/code")
        return self._post("/verify", code=self._get_code(self.order))

    def _accept(self, name="Ceo", signature=DRAWING):
        return self._post_json(f"{self.path}/accept", name=name, signature=signature)

    def _get_error(self, answer):
        self.assertNotIn("error", answer, "a traceback instead of a sentence")
        return answer["result"].get("error")

    def _assert_unsigned(self):
        self.agreements.invalidate_recordset()
        self.assertEqual(set(self.agreements.mapped("state")), {"sent"})
