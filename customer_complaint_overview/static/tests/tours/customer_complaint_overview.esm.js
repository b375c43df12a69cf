import {registry} from "@web/core/registry";

const BACK = ".o_breadcrumb a:contains(Overview), .o_breadcrumb .o_back_button";

// From the first page to the lists behind its numbers, and back.
registry.category("web_tour.tours").add("customer_complaint_overview", {
    steps: () => [
        {
            content: "Open what is mine",
            trigger:
                ".o_complaint_waiting .o_complaint_figure[data-name=my_complaints]",
            run: "click",
        },
        {
            content: "They are listed",
            trigger: ".o_control_panel:has(.o_facet_values:contains(My Complaints))",
        },
        {
            content: "Back to the overview",
            trigger: BACK,
            run: "click",
        },
        {
            content: "Open what is new in the team",
            trigger:
                ".o_kanban_record:contains(Chaoyang Shop) .o_complaint_figure[data-name=new]",
            run: "click",
        },
        {
            content: "The list is that of the team",
            trigger:
                ".o_control_panel:contains(Chaoyang Shop):has(.o_facet_values:contains(To Accept))",
        },
        {
            content: "Back again",
            trigger: BACK,
            run: "click",
        },
        {
            content: "The weeks are drawn",
            trigger:
                ".o_kanban_record:contains(Chaoyang Shop) .o_dashboard_graph canvas",
        },
        {
            content: "Open all of the team",
            trigger:
                ".o_kanban_record:contains(Chaoyang Shop) button[name=action_open_complaints]:contains(1)",
            run: "click",
        },
        {
            content: "They are there",
            trigger: ".o_control_panel:has(.o_facet_values:contains(Open))",
        },
        {
            content: "Back once more",
            trigger: BACK,
            run: "click",
        },
        {
            content: "Somebody comes without an order",
            trigger: ".o_complaint_new",
            run: "click",
        },
        {
            content: "A new complaint is entered",
            trigger: ".o_form_view .o_field_widget[name=description]",
        },
        {
            content: "Nothing of it is kept",
            trigger: BACK,
            run: "click",
        },
        {
            content: "The overview again",
            trigger: ".o_complaint_waiting",
        },
    ],
});

// A company without a complaint is told how to begin.
registry.category("web_tour.tours").add("customer_complaint_first_steps", {
    steps: () => [
        {
            content: "Three steps",
            trigger: ".o_complaint_first_steps li:nth-child(3):contains(Close it.)",
        },
    ],
});
