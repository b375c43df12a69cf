import {registry} from "@web/core/registry";

// Compensation is proposed and asked for. Starts on the form of a decided complaint.
registry.category("web_tour.tours").add("customer_complaint_ask_for_approval", {
    steps: () => [
        {
            content: "Look at what the customer receives",
            trigger: ".o_notebook .nav-link[name=remediation]",
            run: "click",
        },
        {
            content: "Propose a remediation",
            trigger: "button[name=action_propose_remediation]",
            run: "click",
        },
        {
            content: "Add a line",
            trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Look for the kind",
            trigger: ".o_selected_row [name=kind] input",
            run: "click",
        },
        {
            content: "Choose compensation money",
            trigger: ".o_select_menu_item:contains(Compensation Money)",
            run: "click",
        },
        {
            content: "The kind is chosen",
            trigger: ".o_selected_row [name=kind] input:value(Compensation Money)",
        },
        {
            content: "Enter how much",
            trigger: ".o_selected_row [name=amount] input",
            run: "edit 5000",
        },
        {
            content: "Say why",
            trigger: ".o_inner_group .o_field_widget[name=note] textarea",
            run: "edit 顾客过敏就医，单据齐全。",
        },
        {
            content: "The total follows",
            trigger: ".o_field_widget[name=amount_total]:contains(5,000.00)",
        },
        {
            content: "Save it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The form says who will approve it",
            trigger:
                ".alert:contains(Complaint Supervisor):contains(Complaint Manager)",
        },
        {
            content: "Ask for approval",
            trigger: "button[name=action_ask]",
            run: "click",
        },
        {
            content: "It waits, and whoever asked does not approve it",
            trigger:
                ".o_form_view:not(:has(button[name=action_approve])) .o_arrow_button_current:contains(To Approve)",
        },
    ],
});

// What waits for the user is opened from the list and approved.
registry.category("web_tour.tours").add("customer_complaint_approve", {
    steps: () => [
        {
            content: "Open what waits",
            trigger: ".o_list_view .o_data_row [name=name]:contains(-1)",
            run: "click",
        },
        {
            content: "Read why",
            trigger: ".o_inner_group .o_field_widget[name=note]:contains(单据齐全)",
        },
        {
            content: "Approve it",
            trigger: ".o_form_view button[name=action_approve]",
            run: "click",
        },
        {
            content: "Nothing is left to approve for this person",
            trigger: ".o_form_view:not(:has(button[name=action_approve]))",
        },
        {
            content: "Look at who approved",
            trigger: ".o_notebook .nav-link[name=approvals]",
            run: "click",
        },
        {
            content: "The approval is on record",
            trigger:
                ".o_field_widget[name=approval_ids] .o_data_row [name=decision]:contains(Approved)",
        },
    ],
});

// As above, for somebody who sees the case for this decision only.
registry.category("web_tour.tours").add("customer_complaint_approve_as_delegate", {
    steps: () => [
        {
            content: "Open what waits",
            trigger: ".o_list_view .o_data_row [name=name]:contains(-1)",
            run: "click",
        },
        {
            content: "Approve it; the case itself is not theirs to work on",
            trigger:
                ".o_form_view:not(:has(button[name=action_cancel])) button[name=action_approve]",
            run: "click",
        },
        {
            content: "Back to the list, where nothing waits any more",
            trigger: ".o_list_view .o_view_nocontent",
        },
    ],
});

// All that waits is ticked in the list, and refused with one reason.
registry.category("web_tour.tours").add("customer_complaint_refuse_from_list", {
    steps: () => [
        {
            content: "Tick all",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Refuse them",
            trigger: ".o_control_panel button[name=action_refuse]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit 单据不全。",
        },
        {
            content: "Confirm",
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_list_view:not(:has(.modal)) .o_view_nocontent",
        },
    ],
});
