import {registry} from "@web/core/registry";

const INPUT = ".o_complaint_scan input";
const ANSWER = ".o_complaint_scan_answer";

function scan(code) {
    return [
        {content: `Scan ${code}`, trigger: INPUT, run: `edit ${code}`},
        {content: "End with Enter", trigger: INPUT, run: "press Enter"},
    ];
}

// Starts on the form of an inventory that lists the first two cards of the company.
registry.category("web_tour.tours").add("customer_complaint_inventory_scan", {
    steps: () => [
        ...scan("no-such-number"),
        {
            content: "The number is unknown",
            trigger: `${ANSWER}.alert-danger:contains(no-such-number)`,
        },
        {
            content: "Scan the cards one after the other, without waiting",
            trigger: INPUT,
            run: async ({anchor}) => {
                const rows = document.querySelectorAll(
                    ".o_field_widget[name=line_ids] .o_data_row td[name=card_name]"
                );
                for (const row of [...rows]) {
                    anchor.value = row.textContent;
                    anchor.dispatchEvent(
                        new KeyboardEvent("keydown", {key: "Enter", bubbles: true})
                    );
                }
            },
        },
        {
            content: "Nothing is left open",
            trigger: "button:contains(Not Ticked) .o_stat_value:contains(/^0$/)",
        },
        {
            content: "Tick one by hand: the row has buttons",
            trigger: ".o_data_row button[name=action_missing]",
        },
        {
            content: "Type the number of a card that belongs elsewhere",
            trigger: INPUT,
            run: async ({anchor}) => {
                const [first, second] = [
                    ...document.querySelectorAll(
                        ".o_field_widget[name=line_ids] td[name=card_name]"
                    ),
                ].map((cell) => cell.textContent);
                const digits = first.match(/\d+$/)[0].length;
                const next = Number((second || first).match(/\d+$/)[0]) + 1;
                anchor.value =
                    first.slice(0, -digits) + String(next).padStart(digits, "0");
            },
        },
        {content: "Tick", trigger: ".o_complaint_scan_tick", run: "click"},
        {
            content: "It is not on the list: add it",
            trigger: ".o_complaint_scan_add",
            run: "click",
        },
        {
            content: "It is misplaced",
            trigger: "button:contains(Misplaced) .o_stat_value:contains(/^1$/)",
        },
    ],
});
