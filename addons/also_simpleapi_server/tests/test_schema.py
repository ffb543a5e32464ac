import logging
from pathlib import Path

import yaml

from odoo.tests import BaseCase

from ..server.schema import OPERATIONS, find_answer_mistakes, find_request_mistakes

_logger = logging.getLogger(__name__)

# The vendor's description is not ours to ship: it may lie beside the checkout.
VENDORS = (
    Path(__file__).parents[4] / "shared" / "data" / "simpleapi" / "swagger-1.0.0.yaml"
)
# What live servers do and the vendor's description does not say, name by name.
DEVIATIONS = {
    "CreateSubscription: subscriptionAccount.DependencyAccountId": "a later version",
    "answer: ProvisioningStatus": "returned by live servers",
    "answer: AdvancePeriodEndAction": "returned by live servers",
}


class TestSchema(BaseCase):
    """The interface in our own words, and as the vendor describes it."""

    def test_names_are_case_sensitive(self):
        right = {"accountId": 7}
        self.assertFalse(find_request_mistakes("GetSubscription", right))
        for wrong in ({"AccountId": 7}, {"accountID": 7}, {}, {"accountId": "7"}):
            with self.subTest(wrong=wrong):
                self.assertTrue(find_request_mistakes("GetSubscription", wrong))

    def test_fields_have_three_shapes(self):
        new = {"ParentAccountId": 1, "ServiceName": "S", "Fields": {"Quantity": 5}}
        self.assertFalse(
            find_request_mistakes("CreateSubscription", {"subscriptionAccount": new})
        )
        rows = [{"name": "Quantity", "value": "7"}]
        changed = {"AccountId": 1, "ServiceName": "S", "Fields": rows}
        self.assertFalse(
            find_request_mistakes("UpdateSubscription", {"subscription": changed})
        )
        for wrong in (
            {"subscriptionAccount": changed},
            {"subscription": {**changed, "Fields": {"Quantity": 7}}},
            {"subscription": {**changed, "Fields": [{"Name": "Q", "Value": "7"}]}},
            {"subscription": {**changed, "Fields": [{"name": "Q", "value": 7}]}},
        ):
            with self.subTest(wrong=wrong):
                self.assertTrue(find_request_mistakes("UpdateSubscription", wrong))

    def test_answers_may_have_more(self):
        answer = {"AccountId": 1, "AccountState": "Active", "ServiceName": "S"}
        self.assertFalse(find_answer_mistakes("GetSubscription", {**answer, "New": 1}))
        self.assertFalse(
            find_answer_mistakes("GetSubscription", {**answer, "ContractId": None})
        )
        self.assertTrue(
            find_answer_mistakes("GetSubscription", {**answer, "AccountState": "Gone"})
        )

    def test_it_is_what_the_vendor_describes(self):
        """Operation by operation and name by name; deviations are listed above."""
        if not VENDORS.exists():
            _logger.warning(
                "The vendor's description is not at %s: our schema is not compared "
                "with it.",
                VENDORS,
            )
            self.skipTest("the vendor's description does not lie beside the checkout")
        vendors = Description(yaml.safe_load(VENDORS.read_text()))
        found = set()
        for operation, (request, answer) in OPERATIONS.items():
            self.assertIn(operation, vendors.paths)
            found |= set(vendors.compare_request(operation, request))
            found |= set(vendors.compare_answer(operation, answer))
        self.assertEqual(found, set(DEVIATIONS))


class Description:
    """The vendor's description of the interface."""

    def __init__(self, document):
        self.paths = {
            path.lstrip("/"): item for path, item in document["paths"].items()
        }
        self.schemas = document["components"]["schemas"]

    def compare_request(self, operation, ours):
        """:return: iterator of the members that only one of the two has, or demands"""
        content = (
            self.paths[operation]["post"].get("requestBody", {}).get("content", {})
        )
        theirs = next(iter(content.values()), {"schema": {}})["schema"]
        yield from self._compare(f"{operation}: ", ours, theirs)

    def _compare(self, place, ours, theirs):
        theirs = self._resolve(theirs)
        members = theirs.get("properties")
        if not members:
            return
        for name, value in ours.get("properties", {}).items():
            if name not in members:
                yield f"{place}{name}"
            else:
                yield from self._compare(f"{place}{name}.", value, members[name])
        for name in theirs.get("required", ()):
            if name not in ours.get("required", ()):
                yield f"{place}{name} is mandatory"

    def compare_answer(self, operation, ours):
        """:return: iterator of the names that we know and the vendor does not"""
        content = self.paths[operation]["post"]["responses"].get("200", {})
        schemas = list((content.get("content") or {}).values())
        if not schemas:
            return
        known = set(self._get_names(schemas[0]["schema"], set()))
        for name in _get_our_names(ours):
            if name not in known:
                yield f"answer: {name}"

    def _get_names(self, schema, seen):
        """All names of members, at any depth."""
        reference = schema.get("$ref")
        if reference in seen:
            return
        seen = seen | {reference} if reference else seen
        schema = self._resolve(schema)
        for name, value in schema.get("properties", {}).items():
            yield name
            yield from self._get_names(value, seen)
        if "items" in schema:
            yield from self._get_names(schema["items"], seen)

    def _resolve(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        return schema


def _get_our_names(schema):
    for name, value in schema.get("properties", {}).items():
        yield name
        yield from _get_our_names(value)
    if "items" in schema:
        yield from _get_our_names(schema["items"])
    for part in schema.get("anyOf", ()):
        yield from _get_our_names(part)
