import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {session} from "@web/session";

// Scheduled actions that stand still cannot say so; the server does, when the web
// client starts.
export const lateJobsService = {
    dependencies: ["notification"],
    start(env, {notification}) {
        const since = session.waas_jobs_late_since;
        if (since) {
            notification.add(
                _t(
                    "The scheduled actions of WaaS have not run since %(moment)s: invoices, mails and reports are waiting. Ask your administrator to restart the server.",
                    {moment: formatDateTime(deserializeDateTime(since))}
                ),
                {type: "danger", sticky: true}
            );
        }
    },
};

registry.category("services").add("waas_late_jobs", lateJobsService);
