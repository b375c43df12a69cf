import {Component, onWillStart, useState} from "@odoo/owl";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {registry} from "@web/core/registry";
import {useFigures} from "./complaint_figures.esm";
import {useService} from "@web/core/utils/hooks";

/** What waits for the user; the first steps where there is no complaint yet. */
export class ComplaintWaiting extends Component {
    static template = "customer_complaint_overview.Waiting";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.open = useFigures();
        this.overview = useState({figures: [], can_create: false, is_empty: false});
        onWillStart(async () => {
            Object.assign(
                this.overview,
                await this.orm.call("customer.complaint.team", "get_overview", [])
            );
        });
    }

    onOpen(figure) {
        return this.open([], figure.name);
    }

    onNew() {
        return this.action.doAction("customer_complaint.customer_complaint_action", {
            viewType: "form",
        });
    }
}

export class ComplaintOverviewRenderer extends KanbanRenderer {
    static template = "customer_complaint_overview.Renderer";
    static components = {...KanbanRenderer.components, ComplaintWaiting};
}

registry.category("views").add("complaint_overview", {
    ...kanbanView,
    Renderer: ComplaintOverviewRenderer,
});
