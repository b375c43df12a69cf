from odoo import api, models

from ..tools import typed


class CustomerComplaintArchiveLegacy(models.Model):
    """Paper cards by spreadsheet: its template, and how its columns may be called."""

    _name = "customer.complaint.archive.legacy"
    _inherit = ["customer.complaint.archive.legacy", "customer.complaint.sheet"]

    @api.model
    def _get_sheet_template(self):
        return self.env._("Import Template for Paper Cards"), "archive_legacy"

    @api.model
    def _get_sheet_headings(self):
        return {
            "档案号": "number",
            "卡号": "number",
            "编号": "number",
            "填表日期": "date_filled",
            "填卡日期": "date_filled",
            "发卡部门": "issuing_department",
            "姓名": "complainant_name",
            "消费者姓名": "complainant_name",
            "顾客姓名": "complainant_name",
            "职业": "occupation",
            "联系电话": "phone",
            "电话": "phone",
            "手机": "phone",
            "产品名称及规格": "product",
            "产品": "product",
            "购买时间": "purchase_date",
            "购买日期": "purchase_date",
            "投诉渠道": "channel_id",
            "投诉类型": "category_id",
            "投诉类别": "category_id",
            "受理时间": "date_accepted",
            "受理日期": "date_accepted",
            "处理人员": "handled_by",
            "处理人": "handled_by",
            "处理完成时间": "date_completed",
            "完成日期": "date_completed",
            "办结日期": "date_completed",
            "补偿金额合计": "compensation_total",
            "补偿金额": "compensation_total",
            "归档材料": "papers",
            "备注": "remarks",
        }

    @api.model
    def _get_sheet_row_name(self, row):
        for name in ("number", "complainant_name", "product"):
            if not typed.is_nothing(row.get(name)):
                return str(row[name]).strip()
        return ""
