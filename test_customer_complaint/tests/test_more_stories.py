from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .story_case import StoryCase


@tagged("post_install", "-at_install", "slow")
class TestMoreStories(StoryCase):
    """A bank product, a batch of cable and a fall: the other three stories."""

    # ------------------------------------------------------------------
    # A BANK PRODUCT MIS-SOLD
    # ------------------------------------------------------------------

    def test_bank_product_by_the_regulator_and_changed_by_review(self):
        with self._at("06-02 08:00"):
            buyer = self._create_customer("黄秀英", phone="136 0013 6000")
            order = self._sell(
                buyer, ({"name": "稳盈理财计划", "list_price": 50000.0}, 1)
            )
        with self._at("06-02 09:00"):
            bank = self._register(
                self.agent,
                order,
                "service_promise",
                {},
                channel_id=self.quick_ref("customer_complaint.channel_regulator"),
                description="销售时称保本，到期亏损。",
                demand="赔偿本金损失。",
            )
        with self._at("06-02 09:10"):
            transfer = self._add(
                bank,
                "proceeding",
                self.agent,
                kind="transfer",
                body="国家金融监督管理总局北京监管局",
                reference="京金转〔2031〕56号",
                date_due=fields.Date.to_date("2031-06-16"),
                demand="请于十五日内处理并书面回复。",
            )
        with self._at("06-02 09:20"):
            bank.action_accept()
        with self._at("06-02 10:00"):
            self._sign_verifications(bank, self.agent)
            bank.action_investigate()
        with self._at("06-05 10:00"):
            self._edit(
                bank,
                self.agent,
                conclusion="partly",
                conclusion_note="录音未充分提示风险。",
                cause="service",
                responsible_party="own",
                responsible_team_id=self.team,
            )
            bank.with_user(self.supervisor).action_confirm_findings()
        with self._at("06-05 11:00"):
            bank.action_remediate()
        with self._at("06-05 11:10"):
            self._write_decision(bank)
        with self._at("06-05 14:00"):
            self._tell(
                bank,
                way="post",
                outcome="pending",
                address="北京市西城区",
                proof_ref="EMS 1031",
            )
        with self._at("06-07 10:00"):
            action = bank.notice_ids[:1].action_settle()
            self._settle(action, proof_ref=False)
        with self._at("06-07 11:00"):
            bank.action_follow_up()
        with self._at("06-10 09:00"):
            self._edit(transfer, self.agent, reply="已查明，处理意见书已送达。")
        with self._at("06-10 10:00"):
            self._tell_by(
                transfer.with_user(self.agent).action_tell(),
                way="post",
                proof_ref="EMS 1032",
            )
        with self._at("06-20 09:00"):
            review = self._ask_for_review(bank, self.agent, request="赔偿比例过低。")
        with self._at("06-20 10:00"):
            self._edit(review, self.supervisor, reviewer_id=self.chief)
        with self._at("06-28 10:00"):
            self._edit(
                review, self.chief, outcome="changed", **self._notes("提高赔偿比例。")
            )
            self._edit(
                review,
                self.chief,
                new_conclusion="established",
                new_conclusion_note="未作风险评估，投诉成立。",
                new_decision_measures="七日内赔偿本金损失的八成。",
            )
            review.with_user(self.chief).action_decide()
        with self._at("06-28 14:00"):
            self._tell(bank, "review", self.agent, way="hand", proof_ref="黄秀英签收")
        with self._at("06-28 14:10"):
            self._tell(bank, user=self.agent, way="hand", proof_ref="黄秀英签收")
        with self._at("07-10 17:00"):
            bank.action_close()
        self.assertRecordValues(
            bank,
            [
                {
                    "state": "closed",
                    "conclusion": "established",
                    "decision_measures": "七日内赔偿本金损失的八成。",
                    "decided_by_id": self.chief.id,
                    "past_decider_ids": self.agent.ids,
                    "conclusion_confirmed_by_id": self.chief.id,
                    "closed_by_id": self.agent.id,
                    "is_transferred": True,
                }
            ],
        )
        self.assertRecordValues(
            transfer,
            [
                {
                    "state": "answered",
                    "date_replied": fields.Date.to_date("2031-06-10"),
                    "replied_by_id": self.agent.id,
                }
            ],
        )
        self.assertSealed(bank)
        self.assertTrail(
            bank,
            [
                (self.agent, "06-02 09:00", "registered"),
                (
                    self.agent,
                    "06-02 09:10",
                    "Proceeding: Passed On by an Authority",
                    "京金转〔2031〕56号",
                ),
                (self.agent, "06-02 09:20", "Registered → Accepted"),
                (
                    self.agent,
                    "06-02 10:00",
                    "Record Verified By: - → 周婷",
                    "Accepted → Investigating",
                ),
                (
                    self.agent,
                    "06-05 10:00",
                    "Conclusion: - → Partly established",
                    "录音未充分提示风险。",
                ),
                (self.agent, "06-05 11:00", "Investigating → Decided"),
                (self.agent, "06-05 14:00", "“Decision” on its way to 黄秀英 (Post"),
                (self.agent, "06-07 10:00", "“Decision” told to 黄秀英 (Post"),
                (self.agent, "06-07 11:00", "Decided → To Close"),
                (
                    self.agent,
                    "06-10 10:00",
                    "“Reply to an Authority” told to 国家金融监督管理总局北京监管局",
                ),
                (self.agent, "06-10 10:00", "Open → Replied"),
                (self.agent, "06-20 09:00", "Review asked for on 06/20/2031"),
                (self.supervisor, "06-20 10:00", "Reviewer: - → 赵敏"),
                (self.chief, "06-28 10:00", "Review decided: Changed. 提高赔偿比例。"),
                (
                    self.chief,
                    "06-28 10:00",
                    "Partly established → Established",
                    "Findings Confirmed By: 王建国 → 赵敏",
                    "To Close → Decided",
                ),
                (self.agent, "06-28 14:00", "“Outcome of the Review” told to 黄秀英"),
                (self.agent, "06-28 14:00", "Decided → To Close"),
                (self.agent, "06-28 14:10", "“Decision” told to 黄秀英"),
                (self.agent, "07-10 17:00", "To Close → Closed"),
            ],
        )

    # ------------------------------------------------------------------
    # A BATCH OF CABLE
    # ------------------------------------------------------------------

    def test_cable_batch_passed_to_quality_and_another_refused(self):
        with self._at("07-01 08:00"):
            buyer = self._create_customer(
                "鸿基建设工程有限公司", is_company=True, email="hj@example.com"
            )
            order = self._sell(
                buyer,
                ({"name": "电力电缆 YJV 3×50", "list_price": 186.0}, 500),
                ({"name": "电缆接头", "list_price": 42.0}, 20),
            )
        with self._at("07-01 09:00"):
            cable = self._register(
                self.agent,
                order,
                "quality_intrinsic",
                {0: {"quantity": 120, "lot_name": "DL3105"}},
                description="敷设后绝缘电阻不合格。",
                demand="换货并赔偿停工损失。",
            )
            self._edit(cable, self.agent, representation="organisation")
        with self._at("07-01 09:30"):
            self._tell(
                cable,
                "papers",
                way="post",
                address="北京市丰台区",
                proof_ref="EMS 2001",
            )
        with self._at("07-30 09:00"):
            why = "营业执照可公开查询，先行处理。"
            self._ask("waive_papers", cable, reason=why).action_confirm()
        with self._at("07-30 09:10"):
            cable.action_accept()
        with self._at("07-30 10:00"):
            self._sign_verifications(cable, self.agent)
        with self._at("07-30 11:00"):
            cable.action_investigate()
        with self._at("07-30 11:10"):
            visit = self._add(
                cable,
                "evidence",
                self.agent,
                kind="site_visit",
                name="工地查看",
                date_visit_planned=fields.Datetime.to_datetime("2031-08-01 02:00:00"),
                visitor_id=self.agent,
            )
        with self._at("08-01 12:00"):
            self._edit(
                visit,
                self.agent,
                date_visited=fields.Datetime.to_datetime("2031-08-01 02:30:00"),
                visit_finding="电缆浸水，接头未密封。",
            )
        with self._at("08-02 09:00"):
            self._edit(
                cable,
                self.agent,
                conclusion="undetermined",
                conclusion_note="现场不能确定是否出厂缺陷。",
            )
        with self._at("08-05 10:00"):
            self._edit(
                cable,
                self.quality_user,
                conclusion="not_established",
                conclusion_note="留样合格，系接头进水。",
                cause="use",
                responsible_party="customer",
            )
            cable.with_user(self.quality_user).action_confirm_findings()
        with self._at("08-05 11:00"):
            cable.with_user(self.agent).action_remediate()
        with self._at("08-05 11:10"):
            self._write_decision(cable)
        with self._at("08-05 14:00"):
            self._tell(cable, user=self.agent, way="hand", proof_ref="项目经理签收")
        with self._at("08-05 15:00"):
            joint = self._register(
                self.agent,
                order,
                "quality_intrinsic",
                {1: {"quantity": 2, "lot_name": "无"}},
                description="接头破裂，系另一厂家产品。",
            )
        with self._at("08-05 15:30"):
            self._refuse(joint, self.agent)
        with self._at("08-05 15:40"):
            self._tell(
                joint, "refusal", self.agent, way="hand", proof_ref="项目经理签收"
            )
        with self._at("08-12 17:00"):
            cable.action_close()
        with self._at("08-20 09:00"):
            self._reopen(cable, self.supervisor)
        self.assertRecordValues(
            cable | joint,
            [
                {
                    "state": "investigating",
                    "is_passed_to_quality": True,
                    "papers_waived_by_id": self.agent.id,
                    "reopen_count": 1,
                    "date_closed": False,
                },
                {
                    "state": "refused",
                    "is_passed_to_quality": False,
                    "papers_waived_by_id": False,
                    "reopen_count": 0,
                    "date_closed": joint.date_decided,
                },
            ],
        )
        self.assertEqual(
            self.company._complaint_date(cable.date_first_closed),
            fields.Date.to_date("2031-08-12"),
        )
        self.assertEqual(cable.archive_card_id.state, "open")
        self.assertTrail(
            cable,
            [
                (self.agent, "07-01 09:00", "registered"),
                (
                    self.agent,
                    "07-01 09:30",
                    "“Request for Papers” told to 鸿基建设工程有限公司 (Post",
                ),
                (self.agent, "07-01 09:30", "Papers Asked For Until: - → 2031-07-08"),
                (
                    self.agent,
                    "07-30 09:00",
                    "Goes on without these papers",
                    "营业执照可公开查询，先行处理。",
                ),
                (self.agent, "07-30 09:10", "Registered → Accepted"),
                (self.agent, "07-30 10:00", "Complainant Verified By: - → 周婷"),
                (self.agent, "07-30 11:00", "Accepted → Investigating"),
                (self.agent, "07-30 11:10", "Evidence entered: 工地查看"),
                (self.agent, "08-01 12:00", "Visited On: - → 2031-08-01"),
                (
                    self.agent,
                    "08-02 09:00",
                    "Cannot be determined",
                    "Passed to Quality",
                ),
                (
                    self.quality_user,
                    "08-05 10:00",
                    "Cannot be determined → Not established",
                    "Findings Confirmed By: - → 孙丽",
                ),
                (self.agent, "08-05 11:00", "Investigating → Decided"),
                (self.agent, "08-05 14:00", "“Decision” told to 鸿基建设工程有限公司"),
                (self.agent, "08-05 14:00", "Decided → To Close"),
                (self.agent, "08-12 17:00", "To Close → Closed"),
                (
                    self.supervisor,
                    "08-20 09:00",
                    "Reopened",
                    "新的检测报告",
                    "Closed → Investigating",
                ),
            ],
        )
        self.assertTrail(
            joint,
            [
                (self.agent, "08-05 15:00", "registered"),
                (
                    self.agent,
                    "08-05 15:30",
                    "Refused",
                    "Refusal Ground: - → Not our product or service",
                    "Registered → Refused",
                ),
                (self.agent, "08-05 15:40", "“Refusal” told to 鸿基建设工程有限公司"),
            ],
        )

    # ------------------------------------------------------------------
    # A FALL IN A SUPERMARKET
    # ------------------------------------------------------------------

    def test_fall_is_major_with_plan_and_recusal(self):
        with self._at("09-01 08:00"):
            buyer = self._create_customer("吴桂芳", phone="135 0013 5000")
            order = self._sell(buyer, ({"name": "大米 5 kg", "list_price": 39.9}, 1))
        with self._at("09-01 09:00"):
            fall = self._register(
                self.agent,
                order,
                "injury",
                {},
                description="生鲜区地面有水滑倒，腕部骨折。",
                demand="医药费、护理费、误工费。",
            )
        with self._at("09-01 09:10"):
            self._edit(fall, self.agent, has_injury=True)
        with self._at("09-01 09:20"):
            self.env["customer.complaint.recusal"].with_user(self.manager).create(
                {
                    "complaint_id": fall.id,
                    "partner_id": self.supervisor.partner_id.id,
                    "kind": "named",
                    "reason": "当班店长，负责地面安全。",
                }
            )
        with self._at("09-01 09:30"):
            fall.action_accept()
        with self._at("09-01 09:40"):
            for todo in fall.with_user(self.manager).activity_ids.filtered(
                lambda todo: todo.user_id == self.manager
            ):
                todo.action_feedback("已到医院看望，已指定负责人。")
        with self._at("09-01 10:00"):
            self._sign_verifications(fall, self.agent)
            fall.action_investigate()
        with self._at("09-02 10:00"):
            self._edit(
                fall,
                self.agent,
                conclusion="established",
                conclusion_note="监控证实地面积水未设警示。",
                cause="service",
                responsible_party="own",
                responsible_team_id=self.team,
                reportability="report",
                reportability_reason="骨折，须上报安全事故。",
                report_authority="区应急管理局",
                date_reported=fields.Date.to_date("2031-09-02"),
            )
            fall.action_confirm_findings()
        with self._at("09-02 11:00"):
            fall.action_remediate()
        with self._at("09-02 11:05"):
            self._grant(
                fall,
                {"kind": "nursing", "amount": 8000},
                {"kind": "lost_wages", "amount": 4800},
            )
        with self._at("09-02 11:10"):
            self._write_decision(fall)
        with self._at("09-02 15:00"):
            self._tell(fall, user=self.agent, way="hand", proof_ref="吴桂芳签收")
        with self._at("09-10 16:00"):
            for paper_type in ("receipt", "medical"):
                self._create_document(fall, paper_type)
        with self._at("09-10 17:00"):
            fall.with_user(self.manager).action_close()
        self.assertRecordValues(
            fall,
            [
                {
                    "state": "closed",
                    "severity": "major",
                    "major_reason": "Death or Serious Injury",
                    "decided_by_id": self.agent.id,
                    "closed_by_id": self.manager.id,
                    "compensation_total": 12800,
                }
            ],
        )
        with self._refused("recused from these complaints", AccessError):
            self._reopen(fall, self.supervisor)
        self.assertSealed(fall)
        self.assertTrail(
            fall,
            [
                (self.agent, "09-01 09:00", "registered"),
                (
                    self.agent,
                    "09-01 09:10",
                    "Major (Death or Serious Injury); alerted: ",
                    "陈静",
                    "赵敏",
                ),
                (self.agent, "09-01 09:10", "Started: Emergency plan"),
                (self.agent, "09-01 09:10", "Serious → Major"),
                (self.manager, "09-01 09:20", "Recused: 王建国", "当班店长"),
                (self.agent, "09-01 09:30", "Registered → Accepted"),
                (
                    self.manager,
                    "09-01 09:40",
                    "Major complaint: see to it at once",
                    "已到医院看望",
                ),
                (
                    self.agent,
                    "09-01 10:00",
                    "Matter Verified By: - → 周婷",
                    "Accepted → Investigating",
                ),
                (
                    self.agent,
                    "09-02 10:00",
                    "Conclusion: - → Established",
                    "To Be Decided → To Be Reported",
                ),
                (self.agent, "09-02 11:00", "Investigating → Decided"),
                (self.agent, "09-02 11:05", "Total Compensation: - → 12800.0"),
                (self.agent, "09-02 15:00", "“Decision” told to 吴桂芳"),
                (self.agent, "09-02 15:00", "Decided → To Close"),
                (self.manager, "09-10 17:00", "To Close → Closed"),
            ],
        )
