import {fileReceipt} from "@customer_complaint/../tests/tours/file_paper.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The archivist files what is missing, seals, adds and holds. Starts on the card of a
// complaint that has ended.
tours.add("customer_complaint_archive_seal", {
    steps: () => [
        {
            content: "The receipt is missing, so there is no button to seal",
            trigger:
                ".o_form_view:has(.alert:contains(Copy of receipt)):not(:has(button[name=action_seal]))",
        },
        ...fileReceipt(),
        {
            content: "Seal the card",
            trigger: "button[name=action_seal]",
            run: "click",
        },
        {
            content: "It has its number and is sealed",
            trigger: ".o_form_view:has(.ribbon:contains(Sealed)) h1:contains(DA/)",
        },
        {
            content: "Add what came later",
            trigger: "button[name=action_supplement]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit 顾客来信",
        },
        {
            content: "Say what",
            trigger: ".modal .o_field_widget[name=body] textarea",
            run: "edit 顾客来信确认已痊愈。",
        },
        {
            content: "Sign it",
            trigger: ".modal footer .btn-primary:contains(Sign)",
            run: "click",
        },
        {
            content: "Look at the supplements",
            trigger: "body:not(:has(.modal)) .o_notebook .nav-link[name=supplements]",
            run: "click",
        },
        {
            content: "The supplement is with the card",
            trigger:
                ".o_field_widget[name=supplement_ids] .o_data_row:contains(顾客来信)",
        },
        {
            content: "A court asks for the card: hold it",
            trigger: "button[name=action_hold]",
            run: "click",
        },
        {
            content: "Say why it is held",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit 法院调取证据，诉讼未决。",
        },
        {
            content: "Hold it",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The form says so, and the archivist cannot end it",
            trigger:
                ".o_form_view:not(:has(button[name=action_release])) .alert:contains(诉讼未决)",
        },
    ],
});

// Somebody who does not handle the case asks for its confidential papers. Starts on
// the complaint.
tours.add("customer_complaint_archive_ask", {
    steps: () => [
        {
            content: "Look at the papers",
            trigger: ".o_notebook .nav-link[name=papers]",
            run: "click",
        },
        {
            content: "The confidential ones are not named; ask for them",
            trigger: ".o_form_view:not(:contains(抗体)) button[name=action_ask_access]",
            run: "click",
        },
        {
            content: "Say what for",
            trigger: ".modal .o_field_widget[name=purpose] textarea",
            run: "edit 内部审计，复核诊断结论。",
        },
        {
            content: "Ask",
            trigger: ".modal button[name=action_ask]",
            run: "click",
        },
        {
            content: "It is asked for, and whoever asked does not approve",
            trigger:
                ".o_form_view:not(:has(button[name=action_approve])) .o_arrow_button_current:contains(To Decide)",
        },
    ],
});

// Another person approves what was asked. Starts on the list of consultations.
tours.add("customer_complaint_archive_grant", {
    steps: () => [
        {
            content: "Open what was asked",
            trigger: ".o_data_row [name=purpose]:contains(内部审计)",
            run: "click",
        },
        {
            content: "Approve it",
            trigger: ".o_form_view button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is approved",
            trigger: ".o_arrow_button_current:contains(Approved)",
        },
    ],
});

// Whoever asked reads the paper. Starts on the list of consultations.
tours.add("customer_complaint_archive_read", {
    steps: () => [
        {
            content: "Open the consultation",
            trigger: ".o_data_row [name=purpose]:contains(内部审计)",
            run: "click",
        },
        {
            content: "Show the paper",
            trigger:
                ".o_form_view .o_data_row:contains(李娜身份证) .o_complaint_file_show",
            run: "click",
        },
        {
            content: "It is shown",
            trigger: ".o-FileViewer :iframe body:contains(patient zero identity)",
        },
        {
            content: "Close it",
            trigger:
                ".o-FileViewer [aria-label=Close], .o-FileViewer-headerButton[title=Close]",
            run: "click",
        },
        {
            content: "Back on the consultation",
            trigger: "body:not(:has(.o-FileViewer)) .o_form_view",
        },
    ],
});

// The period is over. Starts on the list of consultations.
tours.add("customer_complaint_archive_too_late", {
    steps: () => [
        {
            content: "Open the consultation",
            trigger: ".o_data_row [name=purpose]:contains(内部审计)",
            run: "click",
        },
        {
            content: "The paper is closed again",
            trigger:
                ".o_form_view:not(:contains(抗体)):not(:has(.o_complaint_file_show)) h2",
        },
    ],
});

// The manager ends a legal hold. Starts on the card.
tours.add("customer_complaint_archive_release", {
    steps: () => [
        {
            content: "End the hold",
            trigger: "button[name=action_release]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit 判决已生效。",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The card is free",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_release])) button[name=action_hold]",
        },
    ],
});

// The archivist proposes what is due for disposal. Starts on the list of due cards.
tours.add("customer_complaint_archive_propose", {
    steps: () => [
        {
            content: "Tick the card",
            trigger: ".o_data_row:contains(DA/) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Propose it",
            trigger: "button[name=action_propose_disposal]",
            run: "click",
        },
        {
            content: "The card is in the proposal",
            trigger: ".o_form_view [name=line_ids] .o_data_row:contains(DA/)",
        },
        {
            content: "Propose",
            trigger: ".o_form_view button[name=action_propose]",
            run: "click",
        },
        {
            content: "It waits; the archivist does not approve it",
            trigger:
                ".o_form_view:not(:has(button[name=action_approve])) .o_arrow_button_current:contains(Proposed)",
        },
    ],
});

// The manager approves a disposal. Starts on the list of disposals.
tours.add("customer_complaint_archive_destroy", {
    steps: () => [
        {
            content: "Open what was proposed",
            trigger: ".o_data_row:contains(Proposed) [name=name]",
            run: "click",
        },
        {
            content: "Approve it",
            trigger: ".o_form_view button[name=action_approve]",
            run: "click",
        },
        {
            content: "Destroyed for good: yes",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It is approved",
            trigger:
                "body:not(:has(.modal)) .o_arrow_button_current:contains(Approved)",
        },
    ],
});

// What remains of a card. Starts on it.
tours.add("customer_complaint_archive_stub", {
    steps: () => [
        {
            content: "The card says that it was destroyed, and when",
            trigger:
                ".o_form_view:has(.ribbon:contains(Destroyed)):has([name=date_disposed]) h1:contains(DA/)",
        },
        {
            content: "Its place in the chain remains",
            trigger: ".o_notebook .nav-link[name=seal]",
            run: "click",
        },
        {
            content: "With every entry",
            trigger: "[name=entry_ids] .o_data_row:contains(Destroyed)",
        },
    ],
});
