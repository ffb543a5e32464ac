from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...batches import log_failure, work_in_batches

ACTORS = [
    ("sales", "Sales"),
    ("customer", "End Customer"),
    ("credit", "Credit Officer"),
    ("also", "Company"),
]

REFRESH_BATCH = 100
"""Records that the daily job asks together."""


class Blocker(NamedTuple):
    """One thing that is missing before a document may take its next step."""

    code: str  # stable, for tests and callers
    message: str  # a sentence in the user's language
    actor: str  # key of ACTORS: who must act
    public_message: str = ""  # for portal users, who may not read the other one

    @property
    def told(self):
        """What anybody may read."""
        return self.public_message or self.message


class Way(NamedTuple):
    """How a blocker is removed: by a method of the blocked document."""

    label: str  # of the button beside the sentence, in the user's language
    method: str  # takes nothing, gives what a button gives
    group: str = "also_waas.group_waas_user"  # who is offered it


class WaasBlockerMixin(models.AbstractModel):
    """Ready or not, and if not: what is missing and who must act.

    There is one answer, :meth:`_waas_get_blockers`; buttons, the portal, jobs and
    plain writes all ask it.
    """

    _name = "waas.blocker.mixin"
    _description = "WaaS Blockers"

    waas_blocker_html = fields.Html(
        string="Still Missing",
        compute="_compute_waas_blockers",
        sanitize=False,
        groups="base.group_user",
    )
    waas_is_blocked = fields.Boolean(
        compute="_compute_waas_blockers", groups="base.group_user"
    )
    waas_next_actor = fields.Selection(
        selection=ACTORS,
        string="Waiting For",
        compute="_compute_waas_next_actor",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Who must act before this can proceed.",
    )

    # === COMPUTE METHODS ===#

    @api.model
    def _waas_get_blocker_triggers(self):
        """Hook: fields that add or remove blockers. Other blockers, those of a day
        for instance, are refreshed by a reload and by the daily job."""
        return ()

    @api.depends(lambda self: self._waas_get_blocker_triggers())
    def _compute_waas_next_actor(self):
        for record in self:
            record._waas_keep_blockers(record._waas_get_blockers())

    def _waas_keep_blockers(self, blockers):
        """Hook: store what lists are filtered by.

        :param list blockers: of :meth:`_waas_get_blockers`
        """
        self.waas_next_actor = blockers[0].actor if blockers else False

    @api.depends(lambda self: self._waas_get_blocker_triggers())
    @api.depends_context("uid")  # not everybody may read the same
    def _compute_waas_blockers(self):
        for record, blockers in self._waas_get_all_blockers():
            record._waas_show_blockers(blockers)

    def _waas_show_blockers(self, blockers):
        """Hook: fill all fields about blockers from one answer.

        :param list blockers: of :meth:`_waas_get_blockers`
        """
        self.waas_is_blocked = bool(blockers)
        self.waas_blocker_html = self._waas_render_blockers(blockers)

    # === BLOCKERS ===#

    @api.model
    def _waas_get_waiting_domain(self):
        """Hook: the records that wait for their next step."""
        return [(0, "=", 1)]

    def _waas_get_blockers(self):
        """Everything that is still missing, the next step first.

        :return: list of :class:`Blocker`; empty when the record can proceed, or
            has proceeded already
        """
        self.ensure_one()
        [(_record, blockers)] = self._waas_get_all_blockers()
        return blockers

    def _waas_get_all_blockers(self):
        """:meth:`_waas_get_blockers` of a list, to show it with few queries.

        :return: list of pairs of a record and its blockers
        """
        waiting = self.filtered_domain(self._waas_get_waiting_domain())
        waiting._waas_read_ahead()
        known = waiting._waas_get_known() if len(waiting) > 1 else None
        # The others ask neither price list nor gate: with a prefetch of their own, they
        # are not asked along.
        answers = {
            record.id: record._waas_get_open_points(known)
            for record in waiting.with_prefetch()
        }
        return [(record, answers.get(record.id, [])) for record in self]

    def _waas_read_ahead(self):
        """Hook: read at once what each of these records will be asked for."""

    def _waas_get_known(self):
        """Hook: what all of these records ask for, looked up at once, as the parameter
        ``known`` of :meth:`_waas_get_open_points`. Nothing is, where none is used."""
        return ()

    def _waas_get_open_points(self, known=None):
        """Hook: what is missing, whatever state the record is in.

        :param known: what was looked up for all records of a list, so that showing it
            needs few queries; a decision never passes it
        :return: list of :class:`Blocker`, the next step first
        """
        return []

    # === WAYS TO REMOVE BLOCKERS ===#

    def _waas_get_ways(self):
        """Hook: how to remove blockers that no field of the document removes.

        :return: dict of :class:`Way` by the code of a blocker
        """
        return {}

    def waas_resolve(self, code):
        """Run the button beside a blocker, which leads to where it is removed.

        :param str code: of a blocker of this document
        :return: what a button gives
        :raises UserError: when nothing of the kind is missing any more, or
            another user removes it
        """
        self.ensure_one()
        self.check_access("read")
        ways, codes = (
            self._waas_get_offered_ways(),
            {blocker.code for blocker in self._waas_get_blockers()},
        )
        if code not in ways or code not in codes:
            raise UserError(
                self.env._(
                    "This is done already, or another user must do it: reload the page."
                )
            )
        return getattr(self, ways[code].method)()

    def _waas_get_offered_ways(self):
        """The ways that are offered to the user."""
        return {
            code: way
            for code, way in self._waas_get_ways().items()
            if self.env.user.has_group(way.group)
        }

    def _waas_render_blockers(self, blockers):
        labels = dict(self._fields["waas_next_actor"]._description_selection(self.env))
        if not blockers:
            return False
        ways = self._waas_get_offered_ways()
        rows = Markup().join(
            Markup(
                '<li data-blocker="%s"><span class="badge text-bg-warning me-2">%s'
                "</span>%s%s</li>"
            )
            % (
                blocker.code,
                labels[blocker.actor],
                blocker.message,
                self._waas_render_way(blocker, ways.get(blocker.code)),
            )
            for blocker in blockers
        )
        return Markup('<ul class="o_also_waas_blockers list-unstyled mb-0">%s</ul>') % (
            rows
        )

    def _waas_render_way(self, blocker, way):
        if not way:
            return ""
        return Markup(
            ' <button type="button" class="btn btn-link btn-sm p-0 align-baseline" '
            'data-resolve="%s">%s</button>'
        ) % (blocker.code, way.label)

    # === SCHEDULED JOB ===#

    @api.model
    def _cron_waas_refresh_next_actor(self):
        """Refresh who must act: neither a day that passes nor another deal of the same
        customer triggers the compute method."""
        waiting = self.search(self._waas_get_waiting_domain(), order="id")
        work_in_batches(
            waiting,
            REFRESH_BATCH,
            lambda records: records._waas_refresh_next_actor(),
            log_failure,
        )

    def _waas_refresh_next_actor(self):
        """Compute it, for all records together."""
        computed = self.pool.field_computed[self._fields["waas_next_actor"]]
        with self.env.protecting(computed, self):
            for record, blockers in self._waas_get_all_blockers():
                record._waas_keep_blockers(blockers)
        self.flush_recordset([field.name for field in computed])
