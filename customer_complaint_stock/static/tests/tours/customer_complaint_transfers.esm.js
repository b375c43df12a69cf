import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("customer_complaint_carry_out_by_transfers", {
    steps: () => [
        {
            content: "Carry out what was approved",
            trigger: ".o_field_widget[name=line_ids] button[name=action_carry_out]",
            run: "click",
        },
        {
            content: "The line is under way",
            trigger: ".o_data_cell[name=state]:contains(Under Way)",
        },
        {
            content: "Its transfer is named",
            trigger: ".o_data_cell[name=documents_text]:contains(WH/IN)",
        },
        {
            content: "The transfers are behind a button",
            trigger: ".oe_stat_button[name=action_open_pickings]",
        },
        {
            content: "What is planned can be taken back",
            trigger: ".o_field_widget[name=line_ids] button[name=action_take_back]",
        },
    ],
});

registry.category("web_tour.tours").add("customer_complaint_validate_transfer", {
    steps: () => [
        {
            content: "The transfer says for which complaint it is",
            trigger: ".o_field_widget[name=origin]",
        },
        {
            content: "Validate it as planned",
            trigger: "button[name=button_validate]",
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
    ],
});

registry.category("web_tour.tours").add("customer_complaint_carried_out_by_transfers", {
    steps: () => [
        {
            content: "The remediation is carried out",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Carried Out)",
        },
        {
            content: "And so is its line",
            trigger: ".o_data_cell[name=state]:contains(Done)",
        },
    ],
});
