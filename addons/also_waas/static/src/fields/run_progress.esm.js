import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";
import {onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";

const SECONDS_BETWEEN_LOOKS = 2;

/**
 * The progress bar of an invoice run. The run is somebody else's work, a worker of the
 * server: as long as it goes on, the record is read again every few seconds.
 */
export class RunProgressField extends ProgressBarField {
    setup() {
        super.setup();
        this.timer = setInterval(() => this.look(), SECONDS_BETWEEN_LOOKS * 1000);
        onWillUnmount(() => clearInterval(this.timer));
    }

    async look() {
        const {record} = this.props;
        if (record.data.state !== "running" || this.isLooking || document.hidden) {
            return;
        }
        this.isLooking = true;
        try {
            await record.load();
        } finally {
            this.isLooking = false;
        }
    }
}

registry.category("fields").add("waas_run_progress", {
    ...progressBarField,
    component: RunProgressField,
});
