import {IntegerField, integerField} from "@web/views/fields/integer/integer_field";
import {registry} from "@web/core/registry";

/** A number nobody told stays blank: the server cannot tell it from zero. */
export class ToldIntegerField extends IntegerField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("customer_complaint_told_integer", {
    ...integerField,
    component: ToldIntegerField,
    isEmpty: (record, fieldName) => !record.data[fieldName],
});
