import {
    Many2ManyBinaryField,
    many2ManyBinaryField,
} from "@web/views/fields/many2many_binary/many2many_binary_field";
import {FileInput} from "@web/core/file_input/file_input";
import {FileModel} from "@web/core/file_viewer/file_model";
import {registry} from "@web/core/registry";
import {useDropzone} from "@web/core/dropzone/dropzone_hook";
import {useFileUploader} from "@web/core/utils/files";
import {useFileViewer} from "@web/core/file_viewer/file_viewer_hook";
import {useRef} from "@odoo/owl";

/** Takes a photograph with the camera of a phone. */
export class PhotoInput extends FileInput {
    static template = "customer_complaint.PhotoInput";
}

/**
 * Files of papers: several are dropped at once, photographed with a phone, and shown
 * without leaving the page. Confidential ones are shown when asked for only: each
 * sight of them is recorded.
 */
export class ComplaintFilesField extends Many2ManyBinaryField {
    static template = "customer_complaint.FilesField";
    static components = {...Many2ManyBinaryField.components, PhotoInput};

    setup() {
        super.setup();
        this.root = useRef("root");
        this.viewer = useFileViewer();
        this.uploadFiles = useFileUploader();
        useDropzone(
            this.root,
            (event) => this.onDrop(event),
            "o_complaint_files_dropzone",
            () => !this.props.readonly
        );
    }

    get isConfidential() {
        const {confidentiality, is_confidential: isSecret} = this.props.record.data;
        return confidentiality === "confidential" || Boolean(isSecret);
    }

    /** Whether the picture itself stands on the page; else an icon does. */
    isImage(file) {
        return !this.isConfidential && super.isImage(file);
    }

    getModel(file) {
        return Object.assign(new FileModel(), {
            id: file.id,
            name: file.name,
            mimetype: file.mimetype,
            type: "binary",
        });
    }

    canShow(file) {
        return this.getModel(file).isViewable;
    }

    onShow(file) {
        const models = this.files.map((other) => this.getModel(other));
        const shown = models.find((model) => model.id === file.id);
        // The viewer fetches what it shows; of confidential files only the one meant.
        this.viewer.open(shown, this.isConfidential ? [shown] : models);
    }

    async onDrop(event) {
        const files = await this.uploadFiles("/web/binary/upload_attachment", {
            csrf_token: odoo.csrf_token,
            ufile: [...event.dataTransfer.files],
            model: this.props.record.resModel,
            id: this.props.record.resId || 0,
        });
        if (files) {
            await this.onFileUploaded(files);
        }
    }
}

registry.category("fields").add("complaint_files", {
    ...many2ManyBinaryField,
    component: ComplaintFilesField,
});
