import {FormRenderer} from "@web/views/form/form_renderer";
import {StatusBarButtons} from "@web/views/form/status_bar_buttons/status_bar_buttons";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

// What is shown beside the next step; the rest folds into a menu.
const SHOWN = 3;

/** The next step and what is near to it; rare steps fold into a menu. */
export class FoldingStatusBarButtons extends StatusBarButtons {
    static template = "customer_complaint.FoldingStatusBarButtons";

    get shownSlotNames() {
        return this.visibleSlotNames.slice(0, this.foldFrom);
    }

    get foldedSlotNames() {
        return this.visibleSlotNames.slice(this.foldFrom);
    }

    /** A menu of a single step would only be in the way. */
    get foldFrom() {
        const shown = this.env.isSmall ? 1 : SHOWN;
        return this.visibleSlotNames.length > shown + 1 ? shown : shown + 1;
    }
}

export class ComplaintFormRenderer extends FormRenderer {
    static components = {
        ...FormRenderer.components,
        StatusBarButtons: FoldingStatusBarButtons,
    };
}

registry.category("views").add("complaint_form", {
    ...formView,
    Renderer: ComplaintFormRenderer,
});
