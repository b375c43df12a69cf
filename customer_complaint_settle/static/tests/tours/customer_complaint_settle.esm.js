import {registry} from "@web/core/registry";

// What a scratched coat may cost the assistant, from the order to the signature.
const MOST_CLICKS = 10;
const MOST_ENTRIES = 4;

/** Refuse a road that has grown: each click and entry of a step counts. */
function counted(steps) {
    const runs = steps.map((step) => String(step.run || ""));
    const clicks = runs.filter((run) => run.startsWith("click")).length;
    const entries = runs.filter((run) => run.startsWith("edit")).length;
    if (clicks > MOST_CLICKS || entries > MOST_ENTRIES) {
        throw new Error(`${clicks} clicks and ${entries} entries are too many`);
    }
    return steps;
}

// Starts on the form of a confirmed order with two products.
registry.category("web_tour.tours").add("customer_complaint_settle", {
    steps: () =>
        counted([
            {
                content: "Settle it",
                trigger: ".o_form_view button[name=action_settle_complaint]",
                run: "click",
            },
            {
                content: "Tick the coat",
                trigger:
                    ".modal .o_data_row:contains(羊毛大衣) .o_field_widget[name=is_selected] input",
                run: "click",
            },
            {
                content: "What was billed is proposed",
                trigger: ".modal .o_data_row:contains(羊毛大衣):contains(286.35)",
            },
            {
                content: "What happened",
                trigger: ".modal .o_field_widget[name=description] textarea",
                run: "edit 大衣左袖有划痕。",
            },
            {
                content: "What was found",
                trigger: ".modal .o_field_widget[name=conclusion_note] textarea",
                run: "edit 左袖有两厘米划痕，属运输损坏。",
            },
            {
                content: "Grant it",
                trigger: ".modal footer button[name=action_settle]",
                run: "click",
            },
            {
                content: "The customer reads it",
                trigger: ".modal .o_field_widget[name=text]:contains(286.35)",
            },
            {
                content: "The customer signs",
                trigger: ".modal .o_field_widget[name=signature] .o_signature",
                run: "click",
            },
            {
                content: "With their name",
                trigger: ".modal .o_web_sign_auto_button",
                run: "click",
            },
            {
                content: "The name is written",
                trigger: ".modal footer button.btn-primary:contains(Adopt):enabled",
                run: "click",
            },
            {
                content: "Finish",
                trigger:
                    ".modal:has([name=signature] img) footer button[name=action_sign]",
                run: "click",
            },
            {
                content: "The case",
                trigger: ".o_form_view:not(:has(.modal)) [name=subject]",
            },
        ]),
});

// The to-do of the supervisor opens what waits; one more press approves it.
registry.category("web_tour.tours").add("customer_complaint_settle_approve", {
    steps: () => [
        {
            content: "Approve",
            trigger: ".o_form_view button[name=action_approve]",
            run: "click",
        },
        {
            content: "It was approved",
            trigger: ".o_form_view:not(:has(button[name=action_approve]))",
        },
    ],
});
