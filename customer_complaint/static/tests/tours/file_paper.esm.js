/** Puts a file into the field that the step found, as the dialog of the browser does. */
function upload(name, content) {
    return function () {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], name, {type: "text/plain"}));
        const input = this.anchor.querySelector(".o_input_file:not([capture])");
        input.files = transfer.files;
        input.dispatchEvent(new Event("change", {bubbles: true}));
    };
}

/** Files the receipt of the customer on the page of papers that is open. */
export function fileReceipt() {
    return [
        {
            content: "File a paper",
            trigger:
                ".o_field_widget[name=document_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Look for its type",
            trigger: ".o_selected_row .o_field_widget[name=type_id] input",
            run: "edit Copy of receipt",
        },
        {
            content: "It is a receipt",
            trigger: ".o-autocomplete--dropdown-item > a:contains(Copy of receipt)",
            run: "click",
        },
        {
            content: "The type is chosen",
            trigger: ".o_selected_row [name=type_id] input:value(Copy of receipt)",
        },
        {
            content: "Attach the file",
            trigger: ".o_selected_row .o_field_widget[name=attachment_ids]",
            run: upload("收条.txt", "今收到补偿款。李娜"),
        },
        {
            content: "The file is there",
            trigger: ".o_field_widget[name=attachment_ids]:contains(收条)",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_saved",
        },
    ];
}
