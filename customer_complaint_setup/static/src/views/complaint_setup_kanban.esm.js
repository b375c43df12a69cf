import {onWillStart, useState} from "@odoo/owl";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const MODEL = "customer.complaint.setup";

/**
 * Offers the set-up to a manager above the complaints, until it was answered or
 * skipped.
 */
export class ComplaintSetupKanbanController extends KanbanController {
    static template = "customer_complaint_setup.KanbanView";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.setupOffer = useState({isShown: false});
        onWillStart(async () => {
            if (await user.hasGroup("customer_complaint.group_complaint_manager")) {
                this.setupOffer.isShown = await this.orm.call(MODEL, "is_offered", []);
            }
        });
    }

    openSetup() {
        return this.actionService.doAction(
            "customer_complaint_setup.customer_complaint_setup_action",
            {
                onClose: async () => {
                    this.setupOffer.isShown = await this.orm.call(
                        MODEL,
                        "is_offered",
                        []
                    );
                },
            }
        );
    }

    async skipSetup() {
        await this.orm.call(MODEL, "skip", []);
        this.setupOffer.isShown = false;
    }
}

registry.category("views").add("complaint_setup_kanban", {
    ...kanbanView,
    Controller: ComplaintSetupKanbanController,
});
