import {Component, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {registry} from "@web/core/registry";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/**
 * Where labels of archive cards are scanned, or their numbers typed. A scanner types
 * and ends with Enter; it need not wait for the answer before the next label.
 */
export class ComplaintInventoryScan extends Component {
    static template = "customer_complaint.InventoryScan";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        this.state = useState({kind: "", text: "", code: "", canAdd: false});
        this.hasCamera = isBarcodeScannerSupported();
        this.waiting = 0;
        this.queue = Promise.resolve();
    }

    onKeydown(event) {
        if (event.key === "Enter") {
            event.preventDefault();
            event.stopPropagation();
            this.onScan();
        }
    }

    onScan() {
        const code = this.input.el.value.trim();
        this.input.el.value = "";
        this.input.el.focus();
        if (code) {
            this.send("action_scan", code);
        }
    }

    async onCamera() {
        const code = await scanBarcode(this.env);
        if (code) {
            this.send("action_scan", code);
        }
    }

    onAdd() {
        this.send("action_add_scanned", this.state.code);
        this.input.el.focus();
    }

    /** One after the other; the page is loaded again after the last one. */
    send(method, code) {
        this.waiting += 1;
        this.queue = this.queue
            .then(() => this.call(method, code))
            .finally(() => {
                this.waiting -= 1;
            });
        return this.queue.catch((error) => {
            this.queue = Promise.resolve();
            throw error;
        });
    }

    async call(method, code) {
        const {record} = this.props;
        const answer = await this.orm.call(record.resModel, method, [
            [record.resId],
            code,
        ]);
        if (answer.type) {
            this.tell({});
            this.action.doAction(answer, {onClose: () => record.load()});
            return;
        }
        this.tell({...answer, code});
        if (this.waiting === 1) {
            await record.load();
        }
    }

    tell({kind = "", text = "", can_add: canAdd = false, code = ""}) {
        Object.assign(this.state, {kind, text, canAdd, code});
    }

    get placeholder() {
        return _t("Scan a label or type an archive number");
    }
}

registry.category("view_widgets").add("complaint_inventory_scan", {
    component: ComplaintInventoryScan,
});
