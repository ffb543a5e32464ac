# Copyright 2026 ALSO
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "SimpleAPI Test Server",
    "summary": "A marketplace that speaks ALSO's SimpleAPI, for tests and demos",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "license": "AGPL-3",
    "author": "ALSO",
    "website": "https://www.also.com",
    "depends": ["base"],
    "external_dependencies": {"python": ["jsonschema"]},
}
