import {registry} from "@web/core/registry";

// From a confirmed sales order to the sealed archive card. Starts on the order's form.
registry.category("web_tour.tours").add("customer_complaint_order_to_card", {
    steps: () => [
        {
            content: "Complain about the order",
            trigger: ".o_form_view button[name=action_open_complaint]",
            run: "click",
        },
        {
            content: "Tick the cream",
            trigger:
                ".modal .o_data_row:contains(保湿面霜) .o_field_widget[name=is_selected] input",
            run: "click",
        },
        {
            content: "All three creams are proposed",
            trigger:
                ".modal .o_data_row:contains(保湿面霜) [name=quantity]:contains(3), .modal .o_data_row:contains(保湿面霜) [name=quantity] input:value(3)",
        },
        {
            content: "Say what the complaint is about",
            trigger: ".modal .o_field_widget[name=category_id] input",
            run: "edit Appearance",
        },
        {
            content: "Choose the category",
            trigger:
                ".o-autocomplete--dropdown-item > a:contains(Appearance or packaging)",
            run: "click",
        },
        {
            content: "Tell what happened",
            trigger: ".modal .o_field_widget[name=description] textarea",
            run: "edit 打开后发现面霜里有头发。",
        },
        {
            content: "Open the complaint",
            trigger: ".modal footer button[name=action_open]",
            run: "click",
        },
        {
            content: "Accept it",
            trigger: ".o_form_view:has([name=line_ids]) button[name=action_accept]",
            run: "click",
        },
        {
            content: "Sign that the complainant was verified",
            trigger: "button[name=action_verify_complainant]",
            run: "click",
        },
        {
            content: "Sign that the matter was verified",
            trigger:
                ".o_form_view:not(:has(button[name=action_verify_complainant])) button[name=action_verify_matter]",
            run: "click",
        },
        {
            content: "Sign that the record was verified",
            trigger:
                ".o_form_view:not(:has(button[name=action_verify_matter])) button[name=action_verify_record]",
            run: "click",
        },
        {
            content: "Start the investigation",
            trigger: "button[name=action_investigate]:contains(Start Investigation)",
            run: "click",
        },
        {
            content: "Wait until it is being investigated",
            trigger:
                ".o_form_view:not(:has(button[name=action_investigate])) .o_notebook .nav-link[name=investigation]",
        },
        {
            content: "Write down the findings",
            trigger: ".o_notebook .nav-link[name=investigation]",
            run: "click",
        },
        {
            content: "Conclude that the complaint is established",
            trigger: ".o_field_widget[name=conclusion] input",
            run: "click",
        },
        {
            content: "Choose the conclusion",
            trigger: ".o_select_menu_item:contains(/^Established$/)",
            run: "click",
        },
        {
            content: "Write the findings",
            trigger: ".o_field_widget[name=conclusion_note] textarea",
            run: "edit 留样检查确认有异物，同意退货并赔偿。",
        },
        {
            content: "Look for the cause",
            trigger: ".o_field_widget[name=cause] input",
            run: "click",
        },
        {
            content: "Choose the cause",
            trigger: ".o_select_menu_item:contains(/^Product$/)",
            run: "click",
        },
        {
            content: "Look for who is responsible",
            trigger: ".o_field_widget[name=responsible_party] input",
            run: "click",
        },
        {
            content: "Choose who is responsible",
            trigger: ".o_select_menu_item:contains(/^Supplier$/)",
            run: "click",
        },
        {
            content: "Enter a piece of evidence",
            trigger:
                ".o_field_widget[name=evidence_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Say what it is",
            trigger:
                ".o_field_widget[name=evidence_ids] .o_selected_row [name=name] input",
            run: "edit 面霜留样照片",
        },
        {
            content: "Say where it is kept",
            trigger:
                ".o_field_widget[name=evidence_ids] .o_selected_row [name=location] input",
            run: "edit 柜台留样盒",
        },
        {
            content: "Confirm the findings",
            trigger: "button[name=action_confirm_findings]",
            run: "click",
        },
        {
            content: "Write down the result",
            trigger:
                ".o_form_view:not(:has(button[name=action_confirm_findings])) .o_notebook .nav-link[name=result]",
            run: "click",
        },
        {
            content: "Decide and go on to the remedy",
            trigger: "button[name=action_remediate]:contains(Decide)",
            run: "click",
        },
        {
            content: "The decision is proposed in full",
            trigger: "button[name=action_tell]:contains(Tell the Decision)",
        },
        {
            content: "Say what will be done in this case",
            trigger: ".o_field_widget[name=decision_measures] textarea",
            run: "edit 三瓶面霜全部退货，七日内退款385.50元。",
        },
        {
            content: "Tell the decision",
            trigger: "button[name=action_tell]:contains(Tell the Decision)",
            run: "click",
        },
        {
            content: "By telephone",
            trigger: ".modal .o_field_widget[name=way] input",
            run: "click",
        },
        {
            content: "Choose the telephone",
            trigger: ".o_select_menu_item:contains(/^Telephone$/)",
            run: "click",
        },
        {
            content: "When and which number was called",
            trigger: ".modal .o_field_widget[name=proof_ref] input",
            run: "edit 10:05 010-8888 0000",
        },
        {
            content: "Record the notice; the complaint goes on to the follow-up",
            trigger: ".modal button[name=action_tell]:contains(Record Notice)",
            run: "click",
        },
        {
            content: "Close the complaint",
            trigger: "body:not(:has(.modal)) button[name=action_close]",
            run: "click",
        },
        {
            content: "The complaint is closed",
            trigger: ".o_statusbar_status [data-value=closed].o_arrow_button_current",
        },
        {
            content: "The archive card can be printed",
            trigger: ".o_statusbar_buttons button:contains(Print Archive Card)",
        },
        {
            content: "Look at the archive card",
            trigger: "button[name=action_open_archive_card]",
            run: "click",
        },
        {
            content: "The card is sealed",
            trigger: ".o_statusbar_status [data-value=sealed].o_arrow_button_current",
        },
    ],
});
