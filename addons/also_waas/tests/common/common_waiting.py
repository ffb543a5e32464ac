from .cases_returns import WaasReturnCommon


class NothingWaitsInSilenceCommon(WaasReturnCommon):
    """E: whatever waits, waits visibly: who, since when, what to do."""

    def _get_todos(self, record, kind):
        todo_type = self.env.ref(f"also_waas.todo_{kind}")
        return record.sudo().activity_ids.filtered(
            lambda todo: todo.activity_type_id == todo_type
        )
