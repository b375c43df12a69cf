from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.customer_complaint.const import SUPERVISOR
from odoo.addons.customer_complaint_base.tools.archive_right import with_archive_right

from ..tools import typed

# Of many complaints, so many are named.
MAX_NAMED = 10
PRODUCT = "line_ids/product_name"
SPECIFICATION = "line_ids/specification"
# Columns that name the product by a record of the system.
GIVEN_PRODUCT = frozenset(
    f"line_ids/{name}{key}"
    for name in ("product_id", "sale_order_line_id")
    for key in ("", "/id", "/.id")
) | {"line_ids/id", "line_ids/.id"}
# How shops, exporters and service desks head the columns of their registers.
HEADINGS = {
    "收到日期": "date_received",
    "投诉日期": "date_received",
    "投诉时间": "date_received",
    "登记日期": "date_received",
    "登记时间": "date_received",
    "来访日期": "date_received",
    "反馈日期": "date_received",
    "接诉时间": "date_received",
    "日期": "date_received",
    "date": "date_received",
    "date received": "date_received",
    "客户名称": "complainant_name",
    "客户姓名": "complainant_name",
    "客户": "complainant_name",
    "顾客姓名": "complainant_name",
    "顾客": "complainant_name",
    "投诉人": "complainant_name",
    "投诉单位": "complainant_name",
    "消费者姓名": "complainant_name",
    "姓名": "complainant_name",
    "customer": "complainant_name",
    "customer name": "complainant_name",
    "name": "complainant_name",
    "电话": "phone",
    "联系方式": "phone",
    "手机": "phone",
    "手机号": "phone",
    "手机号码": "phone",
    "电话号码": "phone",
    "telephone": "phone",
    "mobile": "phone",
    "邮箱": "email",
    "e-mail": "email",
    "联系地址": "address",
    "投诉类别": "category_id",
    "投诉分类": "category_id",
    "类别": "category_id",
    "渠道": "channel_id",
    "投诉方式": "channel_id",
    "来源": "channel_id",
    "投诉来源": "channel_id",
    "投诉内容": "description",
    "投诉事项": "description",
    "投诉情况": "description",
    "问题描述": "description",
    "情况描述": "description",
    "事由": "description",
    "内容": "description",
    "complaint": "description",
    "customer demand": "demand",
    "客户要求": "demand",
    "顾客要求": "demand",
    "客户诉求": "demand",
    "投诉诉求": "demand",
    "级别": "severity",
    "严重性": "severity",
    "投诉级别": "severity",
    "门店": "team_id",
    "店铺": "team_id",
    "部门": "team_id",
    "受理部门": "team_id",
    "负责人": "user_id",
    "经办人": "user_id",
    "处理人员": "user_id",
    "购买时间": "purchase_date",
    "购货日期": "purchase_date",
    "小票号": "receipt_ref",
    "订单号": "receipt_ref",
    "合同号": "receipt_ref",
    "发票号": "receipt_ref",
    "单据号": "receipt_ref",
    "order number": "receipt_ref",
    "产品": "line_ids/product_name",
    "产品名称": "line_ids/product_name",
    "商品名称": "line_ids/product_name",
    "商品": "line_ids/product_name",
    "品名": "line_ids/product_name",
    "货品名称": "line_ids/product_name",
    "product": "line_ids/product_name",
    "product name": "line_ids/product_name",
    "规格": "line_ids/specification",
    "规格型号": "line_ids/specification",
    "型号": "line_ids/specification",
    "产品型号": "line_ids/specification",
    "商品型号": "line_ids/specification",
    "设备型号": "line_ids/specification",
    "机型": "line_ids/specification",
    "产品规格": "line_ids/specification",
    "商品规格": "line_ids/specification",
    "specification": "line_ids/specification",
    "数量": "line_ids/quantity",
    "quantity": "line_ids/quantity",
    "批号": "line_ids/lot_name",
    "批号或序列号": "line_ids/lot_name",
    "生产批号": "line_ids/lot_name",
    "序列号": "line_ids/lot_name",
    "lot": "line_ids/lot_name",
    "lot or serial number": "line_ids/lot_name",
    "生产日期": "line_ids/production_date",
    "production date": "line_ids/production_date",
    "有效期至": "line_ids/expiry_date",
    "有效期": "line_ids/expiry_date",
    "expiry date": "line_ids/expiry_date",
    "生产厂家": "line_ids/manufacturer",
    "生产企业": "line_ids/manufacturer",
    "厂家": "line_ids/manufacturer",
    "manufacturer": "line_ids/manufacturer",
    "单价": "line_ids/price_unit",
    "unit price": "line_ids/price_unit",
}


class CustomerComplaintImportable(models.AbstractModel):
    """Running complaints from the register that a desk kept in a spreadsheet.

    Each row becomes a complaint like any other: numbered, assigned, with its limits
    from the day it was received. A file that was wrong is taken back as a whole, as far
    as nobody has worked on its complaints.
    """

    _name = "customer.complaint.importable"
    _inherit = "customer.complaint.sheet"
    _description = "Import of Complaints"

    can_undo_import = fields.Boolean(compute="_compute_can_undo_import")

    @api.depends("import_name", "state")
    def _compute_can_undo_import(self):
        for complaint in self:
            complaint.can_undo_import = bool(
                complaint.import_name and complaint.state == "registered"
            )

    @api.model
    def _get_sheet_template(self):
        path = "/customer_complaint_import/static/xls/register"
        return self.env._("Import Template for Running Complaints"), path

    @api.model
    def _get_sheet_headings(self):
        return HEADINGS

    @api.model
    def _get_sheet_today(self):
        return self.env.company._complaint_today()

    @api.model
    def _get_sheet_row_name(self, row):
        for name in ("complainant_name", "phone", "line_ids/product_name"):
            if not typed.is_nothing(row.get(name)):
                return str(row[name]).strip()
        return ""

    @api.model
    def load(self, fields, data):
        """Import rows; goods that only have a model are called by it.

        :return: as by core
        :rtype: dict
        """
        if SPECIFICATION in fields:
            place = fields.index(SPECIFICATION)
            if PRODUCT not in fields:
                fields = [*fields, PRODUCT]
                data = [[*row, ""] for row in data]
            named = fields.index(PRODUCT)
            data = [list(row) for row in data]
            for row in data:
                if typed.is_nothing(row[named]):
                    row[named] = row[place]
        messages = self._get_nameless_messages(fields, data)
        if messages:
            return {"ids": False, "messages": messages, "nextrow": 0}
        return super().load(fields, data)

    @api.model
    def _get_nameless_messages(self, fields, data):
        """Return a message for each row that says something of goods without a name.

        :param list[str] fields: as given by the importer
        :param list[list] data: as given by the importer
        :return: as the importer shows them
        :rtype: list[dict]
        """
        messages = []
        for number, cells in enumerate(data):
            row = dict(zip(fields, cells, strict=True))
            told = [
                name
                for name, value in row.items()
                if name.startswith("line_ids/") and not typed.is_nothing(value)
            ]
            if told and PRODUCT not in told and not GIVEN_PRODUCT & set(told):
                messages.append(
                    {
                        "type": "error",
                        "rows": {"from": number, "to": number},
                        "record": number,
                        "field": PRODUCT,
                        "message": self.env._(
                            "Row %(number)s (%(label)s): say which product it is, in a "
                            "column “Product Name”, or leave the other columns of the "
                            "product empty.",
                            number=number + 1,
                            label=self._get_sheet_row_name(row),
                        ),
                    }
                )
        return messages

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_import():
            # An empty cell says nothing: what is proposed for a new one stays.
            vals_list = [self._without_empty(vals) for vals in vals_list]
        complaints = super().create(vals_list)
        complaints._note_import()
        return complaints

    @api.model
    def _without_empty(self, vals):
        """Return the values that say something, those of the lines as well.

        :rtype: dict
        """
        kept = {
            name: value
            for name, value in vals.items()
            # Zero says something.
            if value is not False and value is not None and value != ""
        }
        if "line_ids" in kept:
            kept["line_ids"] = [
                (command, key, self._without_empty(value))
                if isinstance(value, dict)
                else (command, key, value)
                for command, key, value in kept["line_ids"]
            ]
        return kept

    def action_undo_import(self):
        """Delete all complaints of the imports that these came with.

        Those somebody has worked on stay, and are named. A number that was deleted is
        not given again.

        :return: a notification that says what was deleted and what stays
        :rtype: dict
        :raise AccessError: if the user must not change one of them, or neither read the
            file in nor is a supervisor
        :raise UserError: if none of the complaints may go
        """
        imports = [name for name in self.mapped("import_name") if name]
        found = self.search(
            [
                ("import_name", "in", imports),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        found.check_access("write")
        if found.create_uid - self.env.user and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._(
                    "Somebody else read these complaints in. Ask them, or a "
                    "supervisor, to take the import back."
                )
            )
        doomed = found.filtered(lambda complaint: not complaint._was_worked_on())
        if not doomed:
            raise UserError(
                self.env._(
                    "Nothing can be taken back here: only imported complaints that "
                    "nobody has worked on. Refuse the others, or record that they were "
                    "withdrawn."
                )
            )
        kept = found - doomed
        count, stay = len(doomed), kept[:MAX_NAMED].mapped("name")
        doomed._delete_imported()
        values = {"count": count, "files": format_list(self.env, sorted(set(imports)))}
        message = self.env._(
            "Complaints that were deleted: %(count)s, all of %(files)s.", **values
        )
        if kept:
            message = self.env._(
                "Complaints of %(files)s that were deleted: %(count)s. Complaints that "
                "stay, as somebody has worked on them: %(kept)s (%(names)s).",
                kept=len(kept),
                names=format_list(self.env, stay),
                **values,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if kept else "success",
                "next": {
                    "type": "ir.actions.act_window",
                    "res_model": self._name,
                    "views": [(False, "list"), (False, "form")],
                    "name": self.env._("Complaints"),
                },
            },
        }

    def _delete_imported(self):
        """Delete complaints that were imported by mistake, past what keeps others."""
        # Who may do it was checked; nobody may delete complaints otherwise.
        doomed = with_archive_right(self.sudo()).with_context(
            **{MODULE_UNINSTALL_FLAG: True}
        )
        for name in self._get_initial_parts():
            doomed[name].unlink()
        doomed.unlink()
