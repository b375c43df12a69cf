import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** Let a component open the list behind a figure, of a team or of the user. */
export function useFigures() {
    const orm = useService("orm");
    const action = useService("action");
    return async (teamIds, name) => {
        const list = await orm.call("customer.complaint.team", "action_open_figure", [
            teamIds,
            name,
        ]);
        return action.doAction(list);
    };
}

/** What is counted of a team: the figures that are not zero, each a click to its list. */
export class ComplaintFiguresField extends Component {
    static template = "customer_complaint_overview.FiguresField";
    static props = {...standardFieldProps};

    setup() {
        this.open = useFigures();
    }

    get figures() {
        return (this.props.record.data[this.props.name] || []).filter(
            (figure) => figure.count
        );
    }

    getTone(figure) {
        return figure.tone ? `text-${figure.tone}` : "";
    }

    onOpen(figure) {
        return this.open([this.props.record.resId], figure.name);
    }
}

registry.category("fields").add("complaint_figures", {
    component: ComplaintFiguresField,
    supportedTypes: ["json"],
});
