"""What the web client asks the server for, read from the menus, actions and views."""

from collections import namedtuple
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

PAGE = 80
SUBLIST = 40
COUNTED_UNTIL = 10_001
SEARCHED = "other"
NUMBERS = ("integer", "float", "monetary")

Step = namedtuple("Step", "name ask bare")
"""``ask(env)`` is what the client asks for; ``bare(env)`` only counts and sorts what is
listed, or is None."""


def find_steps(env, root):
    """All that a user can open below a menu.

    :return: list of :class:`Step`
    """
    menus = env["ir.ui.menu"].search([("id", "child_of", root)])
    visible = env["ir.ui.menu"]._visible_menu_ids()
    menus = menus.filtered(lambda menu: menu.id in visible)
    steps, seen = [], set()
    for menu in menus.sorted("complete_name"):
        if not menu.action or menu.action in seen:
            continue
        seen.add(menu.action)
        if action := read_action(env, menu.action):
            name = menu.complete_name.partition("/")[2] or menu.complete_name
            steps += Page(env, name, action).find_steps()
    return steps


def read_action(env, action):
    """:return: dict of what the client gets of a window action; None for other kinds"""
    if action._name == "ir.actions.server":
        values = action.run()
    elif action._name == "ir.actions.act_window":
        values = action.sudo()._get_action_dict()
    else:
        return None
    is_window = isinstance(values, dict) and values.get("res_model")
    return values if is_window else None


def read_form(record):
    """The specification of the default form of a record."""
    values = {"res_model": record._name, "views": [(False, "form")]}
    page = Page(record.env, record._name, values)
    return page.get_specification(record._name, page.arches["form"])


class Page:
    """A window action: its views, filters, groups and forms."""

    def __init__(self, env, name, action):
        self.name = name
        self.registry = env.registry
        self.may_create = env[action["res_model"]].has_access("create")
        self.model = action["res_model"]
        self.context = evaluate(env, action.get("context") or {})
        self.domain = Domain(evaluate(env, action.get("domain") or []))
        self.record_id = action.get("res_id")
        self.is_dialog = action.get("target") in ("new", "inline")
        views = [view for view in action["views"] if view[1] != "activity"]
        search_id = action.get("search_view_id") or False
        if isinstance(search_id, list | tuple):
            search_id = search_id[0]
        self.arches = {
            kind: etree.fromstring(view["arch"])
            for kind, view in env[self.model]
            .with_context(self.context)
            .get_views([*views, (search_id, "search")])["views"]
            .items()
        }
        self.fields = env[self.model].fields_get()
        self.search = self.arches.pop("search")

    def find_steps(self):
        """:return: iterator of steps"""
        for kind, arch in self.arches.items():
            if kind in ("list", "kanban"):
                yield from self._find_list_steps(kind, arch)
            elif kind in ("pivot", "graph"):
                yield self._get_pivot_step(kind, arch)
            elif kind == "form":
                yield from self._find_form_steps(arch)

    def _in(self, env):
        return env[self.model].with_context(self.context)

    # === LISTS ===#

    def _find_list_steps(self, kind, arch):
        yield self._get_list_step(kind, arch, "", *self._get_defaults())
        if kind != next(iter(self.arches)):
            return
        for node in self.search.iter("filter"):
            words = node.get("string") or node.get("name") or ""
            if is_hidden(node):
                continue
            if group := self._get_group(node):
                yield self._get_list_step(kind, arch, f"by {words}", Domain.TRUE, group)
            elif (domain := self._get_filter(node)) is not None:
                yield self._get_list_step(kind, arch, f"filter {words}", domain, None)
        for node in self.search.iter("field"):
            if node.getparent().tag == "searchpanel" or is_hidden(node):
                continue
            domain = self._get_searched(node)
            if domain is not None:
                yield self._get_list_step(
                    kind, arch, f"search {node.get('name')}", domain, None
                )

    def _get_list_step(self, kind, arch, name, domain, group):
        specification = self.get_specification(self.model, arch)
        order = arch.get("default_order")
        limit = int(arch.get("limit") or PAGE)
        group = group or (not name and arch.get("default_group_by")) or None
        domain = self.domain & domain

        def ask(env):
            model = self._in(env)
            if not group:
                return model.web_search_read(
                    domain,
                    specification,
                    limit=limit,
                    order=order,
                    count_limit=COUNTED_UNTIL,
                )
            groups = model.web_read_group(
                domain,
                [group],
                self._get_aggregates(arch),
                limit=limit,
                auto_unfold=kind == "kanban",
                unfold_read_specification=specification,
            )["groups"]
            if groups and kind == "list":
                model.web_search_read(
                    domain & Domain(groups[0]["__extra_domain"]),
                    specification,
                    limit=limit,
                    order=order,
                    count_limit=COUNTED_UNTIL,
                )
            return groups

        def bare(env):
            model = self._in(env)
            if group:
                model.formatted_read_group(domain, [group], ["__count"])
            else:
                model.search(domain, limit=limit, order=order)
                model.search_count(domain, limit=COUNTED_UNTIL)

        return Step(f"{self.name} · {kind} {name}".strip(), ask, bare)

    def _get_defaults(self):
        """The domain and the group of the filters with which the page opens."""
        domain, group = Domain.TRUE, None
        for node in self.search.iter("filter"):
            if self.context.get(f"search_default_{node.get('name')}"):
                group = group or self._get_group(node)
                domain &= self._get_filter(node) or Domain.TRUE
        return domain, group

    def _get_group(self, node):
        context = evaluate(None, node.get("context") or {})
        group = context.get("group_by")
        group = group[0] if isinstance(group, list) and group else group
        return group and self._complete_group(group, None)

    def _complete_group(self, group, interval):
        """A group by days, months or years; None where the client asks for more."""
        kind = self.fields.get(group, {}).get("type")
        if kind == "properties":
            return None
        if kind in ("date", "datetime"):
            return f"{group}:{interval or 'month'}"
        return group

    def _get_filter(self, node):
        if domain := node.get("domain"):
            return Domain(evaluate(None, domain))
        if name := node.get("date"):
            first = date.today().replace(day=1)
            last = first + relativedelta(months=1)
            return Domain(name, ">=", first) & Domain(name, "<", last)
        return None

    def _get_searched(self, node):
        if domain := node.get("filter_domain"):
            return Domain(evaluate(None, domain))
        field = self.fields.get(node.get("name"))
        if not field or field["type"] not in ("char", "text", "many2one", "one2many"):
            return None
        operator = node.get("operator") or "ilike"
        return Domain(node.get("name"), operator, SEARCHED)

    def _get_aggregates(self, arch):
        shown = {node.get("name") for node in own_fields(arch)}
        return [
            f"{name}:{field['aggregator']}"
            for name, field in self.fields.items()
            if name in shown and field.get("aggregator") and field["type"] in NUMBERS
        ]

    def _get_pivot_step(self, kind, arch):
        nodes = list(own_fields(arch))
        groups = [
            self._complete_group(node.get("name"), node.get("interval"))
            for node in nodes
            if node.get("type") != "measure"
        ]
        aggregates = self._get_aggregates(arch)
        measures = {node.get("name") for node in nodes if node.get("type") == "measure"}
        aggregates = [one for one in aggregates if one.partition(":")[0] in measures]
        aggregates.append("__count")
        domain = self.domain & self._get_defaults()[0]

        def ask(env):
            model = self._in(env)
            if kind == "graph":
                return model.formatted_read_group(domain, groups, aggregates)
            sets = [groups[:depth] for depth in range(len(groups) + 1)]
            return model.formatted_read_grouping_sets(domain, sets, aggregates)

        def bare(env):
            self._in(env).formatted_read_group(domain, groups, ["__count"])

        return Step(f"{self.name} · {kind}", ask, bare)

    # === FORMS ===#

    def _find_form_steps(self, arch):
        name = f"{self.name} · form"
        specification = self.get_specification(self.model, arch)

        def new(env):
            self._in(env).onchange({}, [], specification)

        if self.is_dialog and not self.record_id:
            yield Step(f"{name} new", new, None)
            return
        if self.record_id:
            domain = Domain("id", "=", self.record_id)
            yield Step(name, self._get_reader(specification, domain), None)
            return
        if self.may_create and arch.get("create") not in ("0", "false"):
            yield Step(f"{name} new", new, None)
        yield Step(name, self._get_reader(specification, Domain.TRUE), None)
        for state in ("state", "waas_state"):
            for value, _words in self.fields.get(state, {}).get("selection", ()):
                reader = self._get_reader(specification, Domain(state, "=", value))
                yield Step(f"{name} {value}", reader, None)

    def _get_reader(self, specification, domain):
        domain = self.domain & domain

        def ask(env):
            record = self._in(env).search(domain, limit=1)
            return record.web_read(specification)

        return ask

    # === SPECIFICATIONS ===#

    def get_specification(self, model, arch):
        specification = {}
        for node in own_fields(arch):
            name = node.get("name")
            if field := self.registry[model]._fields.get(name):
                specification[name] = self._specify(field, node)
        return specification

    def _specify(self, field, node):
        if field.type in ("many2one", "reference"):
            return {"fields": {} if is_hidden(node) else {"display_name": {}}}
        if field.type not in ("one2many", "many2many") or is_hidden(node):
            return {}
        sub = next((child for child in node if child.tag in ("list", "kanban")), None)
        if sub is None:
            return {"fields": {"display_name": {}}}
        specification = {
            "fields": self.get_specification(field.comodel_name, sub),
            "limit": int(sub.get("limit") or SUBLIST),
        }
        if order := sub.get("default_order"):
            specification["order"] = order
        return specification


def own_fields(arch):
    """The fields of a view, without those of the lists in it."""
    for node in arch:
        if node.tag == "field":
            yield node
        elif node.tag != "groupby":
            yield from own_fields(node)


def is_hidden(node):
    return node.get("invisible") in ("1", "True")


def evaluate(env, text):
    """What the client makes of a domain or a context."""
    if not isinstance(text, str):
        return text
    today = date.today()
    return safe_eval(
        text,
        {
            "uid": env.uid if env else 1,
            "context_today": lambda: today,
            "current_date": fields.Date.to_string(today),
            "relativedelta": relativedelta,
            "self": SEARCHED,
            "raw_value": SEARCHED,
            "active_id": False,
            "active_ids": [],
            "allowed_company_ids": [],
            "time": time,
            "datetime": datetime,
            "timedelta": timedelta,
        },
    )
