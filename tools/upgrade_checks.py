"""What an upgraded database has to be: compared as plain data, without Odoo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

COMPLAINT = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")

OF_ODOO: tuple[str, ...] = ()
"""Complaints that are not ours."""

SENT = ("mail_mail", "waas_marketplace_message", "waas_sellout_sending")

KEPT = ("months", "amounts", "states", "devices", "state")
"""What a contract is, whatever the version."""


def find_complaints(log: Path) -> list[str]:
    """Warnings and errors of a log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [
        line[:500]
        for line in lines
        if COMPLAINT.match(line) and not any(known in line for known in OF_ODOO)
    ]


def compare(before: dict, after: dict, fresh: dict) -> Iterator[tuple[str, list[str]]]:
    """What was compared, and what is not as it should be."""
    yield "schema", compare_schemas(after, fresh)
    yield "records", _find_differences(after["records"], fresh["records"])
    yield "contracts are kept", _find_lost(before["contracts"], after["contracts"])
    yield "contracts are whole", _find_incomplete(after["contracts"])
    yield "ordinary rows", _find_written(before, after)
    yield "other companies", after["other company"]
    yield "nothing leaves the system", _find_sent(before["rows"], after["rows"])


def _find_written(before: dict, after: dict) -> list[str]:
    """Ordinary rows with another date than before. OCA computes commission for all
    invoices when its addon is installed."""
    is_new = "column commission.id" not in before["schema"]
    of_oca = ("account_move ", "account_move_line ") if is_new else ()
    return [
        problem
        for problem in _find_differences(after["ordinary"], before["ordinary"])
        if not problem.startswith(of_oca)
    ]


def _find_sent(before: dict, after: dict) -> list[str]:
    """Orders, reports and mails that the upgrade made."""
    return [
        f"{len(new)} new rows in {table}"
        for table in SENT
        if (new := after.get(table, {}).keys() - before.get(table, {}).keys())
    ]


def compare_schemas(one: dict, fresh: dict) -> list[str]:
    return _find_differences(one["schema"], fresh["schema"])


def find_changes(after: dict, again: dict) -> list[str]:
    """Tables in which an upgrade of what is up to date changed something."""
    changes = [
        f"{table}: {ids}"
        for table, rows in again["rows"].items()
        if (ids := _count_changes(after["rows"].get(table, {}), rows))
    ]
    return changes + compare_schemas(again, after)


def _count_changes(before: dict, now: dict) -> str:
    changed = [key for key in before.keys() & now.keys() if before[key] != now[key]]
    new, gone = now.keys() - before.keys(), before.keys() - now.keys()
    if not (changed or new or gone):
        return ""
    return (
        f"{len(changed)} changed {sorted(changed)[:5]}, {len(new)} new "
        f"{sorted(new)[:5]}, {len(gone)} gone"
    )


def find_left_over(facts: dict) -> list[str]:
    """What an uninstallation leaves of ours."""
    return [name for name in facts["schema"] if "waas" in name]


def compare_without_demo(one: dict, fresh: dict) -> list[str]:
    """As :func:`compare_schemas`; the demo was not installed again."""
    problems = compare_schemas(one, fresh)
    return [problem for problem in problems if "waas_demo_" not in problem]


def _find_differences(one: dict, other: dict) -> list[str]:
    missing = [f"missing: {name}" for name in sorted(other.keys() - one.keys())]
    extra = [f"too much: {name}" for name in sorted(one.keys() - other.keys())]
    unequal = [
        f"{name}: {_describe(one[name], other[name])}"
        for name in sorted(one.keys() & other.keys())
        if one[name] != other[name]
    ]
    return missing + extra + unequal


def _describe(one, other) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        return "; ".join(_find_differences(one, other))
    return f"{str(one)[:300]} instead of {str(other)[:300]}"


def _find_lost(before: dict, after: dict) -> list[str]:
    return _find_differences(
        {name: _get_kept(facts) for name, facts in after.items()},
        {name: _get_kept(facts) for name, facts in before.items()},
    )


def _get_kept(facts: dict) -> dict:
    return {key: facts[key] for key in KEPT}


def _find_incomplete(contracts: dict) -> list[str]:
    """Contracts that lack what today's chapters add to a new one."""
    return [
        f"{name}: {problem}"
        for name, facts in contracts.items()
        for problem in facts["problems"]
    ]
