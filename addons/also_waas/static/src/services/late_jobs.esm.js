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
                    "Invoices, mails and reports of WaaS have not been worked on since %(moment)s: the scheduled actions stand still. Tell your administrator to restart the server.",
                    {moment: formatDateTime(deserializeDateTime(since))}
                ),
                {type: "danger", sticky: true}
            );
        }
    },
};

registry.category("services").add("waas_late_jobs", lateJobsService);
