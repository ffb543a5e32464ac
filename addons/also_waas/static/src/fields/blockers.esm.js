import {Component, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * What a document still lacks. The button beside a sentence goes where that is removed,
 * and the document is read again when it is closed.
 */
export class BlockersField extends Component {
    static template = xml`<div t-out="this.value" t-on-click="(ev) => this.onClick(ev)"/>`;
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    async onClick(ev) {
        const button = ev.target.closest("[data-resolve]");
        const {record} = this.props;
        if (!button || !(await record.save())) {
            return;
        }
        await this.action.doActionButton({
            type: "object",
            name: "waas_resolve",
            args: JSON.stringify([button.dataset.resolve]),
            resModel: record.resModel,
            resId: record.resId,
            resIds: record.resIds,
            context: record.context,
            onClose: () => record.load(),
        });
    }
}

registry.category("fields").add("waas_blockers", {
    component: BlockersField,
    supportedTypes: ["html"],
});
