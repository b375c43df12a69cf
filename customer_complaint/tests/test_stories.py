from odoo import fields
from odoo.tests import Form, tagged

from .story_case import StoryCase


@tagged("post_install", "-at_install")
class TestStories(StoryCase):
    """The six stories, from the order to a told decision and what comes after it."""

    def _sell_cosmetics(self):
        self.buyer = self._create_customer(
            "林晓雯", phone="138 0013 8000", email="lin@example.com", city="北京"
        )
        return self._sell(
            self.buyer,
            ({"name": "舒缓面霜 50 g", "list_price": 268.0}, 1),
            ({"name": "玫瑰爽肤水 200 ml", "list_price": 99.0}, 2),
        )

    # ------------------------------------------------------------------
    # AN ALLERGY TO A FACE CREAM, AND A BOTTLE THAT LEAKED
    # ------------------------------------------------------------------

    def test_allergy_split_and_half_of_it_withdrawn(self):
        with self._at("03-03 08:00"):
            order = self._sell_cosmetics()
        with self._at("03-04 09:20"):
            allergy = self._register(
                self.agent,
                order,
                "allergy",
                {0: {"lot_name": "SY0918"}, 1: {"quantity": 1, "lot_name": "SH1102"}},
                description="使用面霜第二天两颊出现红斑，眼睑肿胀；爽肤水瓶口渗漏。",
                demand="退货，承担误工费和交通费。",
            )
            cream, toner = allergy.line_ids
            self._edit(
                allergy,
                self.agent,
                gender="female",
                age=29,
                event_place="消费者家中",
                usage="每晚洁面后使用一次，常温存放。",
            )
            cream.write(
                {"production_date": "2030-01-15", "expiry_date": "2033-01-14"}
            )
        with self._at("03-04 09:40"):
            for kind, name in (
                ("receipt", "购物小票 BJ-0038215"),
                ("medical", "皮肤科病历及诊断证明"),
            ):
                self._create_document(allergy, kind, name=name)
            leak = self._create_document(allergy, "photo", name="瓶口渗漏照片")
        with self._at("03-04 09:45"):
            allergy.action_accept()
        with self._at("03-04 09:50"):
            self._tell(allergy, "receipt", way="hand", proof_ref="林晓雯当面签收")
        with self._at("03-04 10:00"):
            bottle = self._split(allergy, toner, leak)
        with self._at("03-04 11:00"):
            self._sign_verifications(allergy, self.agent)
        with self._at("03-04 14:00"):
            allergy.with_user(self.quality_user).action_investigate()
        with self._at("03-05 09:00"):
            self._withdraw(bottle, self.agent, withdrawal_reason="柜台已当场换货。")
        with self._at("03-05 10:00"):
            sample = self._add(
                allergy,
                "evidence",
                self.quality_user,
                kind="sample",
                name="投诉样品 SY0918",
                source="林晓雯",
                location="质管部 3 号柜",
            )
        with self._at("03-06 10:00"):
            self._edit(
                sample, self.quality_user, sample_state="sent_on", location="市检验所"
            )
        with self._at("03-06 10:30"):
            test = self._add(
                allergy,
                "evidence",
                self.quality_user,
                kind="outside_test",
                name="斑贴试验及成分检验",
                date_test_sent=fields.Date.to_date("2031-03-06"),
                date_test_due=fields.Date.to_date("2031-03-12"),
            )
        with self._at("03-12 15:00"):
            self._edit(
                test,
                self.quality_user,
                date_test_back=fields.Date.to_date("2031-03-12"),
                test_result="各项指标合格；对其中一种香料成分过敏。",
            )
        with self._at("03-12 16:00"):
            self._edit(
                allergy,
                self.quality_user,
                conclusion="partly",
                conclusion_note="产品合格，包装上的过敏提示不醒目。",
                cause="product",
                responsible_party="supplier",
                reportability="report",
                reportability_reason="病历证实为化妆品不良反应。",
                report_authority="朝阳区市场监督管理局",
            )
        with self._at("03-12 16:10"):
            allergy.with_user(self.quality_user).action_confirm_findings()
        with self._at("03-13 09:00"):
            self._edit(
                allergy,
                self.quality_user,
                report_reference="HZP-2031-0312",
                date_reported=fields.Date.to_date("2031-03-13"),
            )
        with self._at("03-13 10:00"):
            self._edit(
                allergy,
                self.quality_user,
                has_return=True,
                has_lost_wages=True,
                compensation_total=860.5,
            )
            allergy.with_user(self.quality_user).action_remediate()
        with self._at("03-13 11:00"):
            self._write_decision(allergy)
        with self._at("03-13 11:30"):
            self._tell(allergy, way="hand", proof_ref="林晓雯当面签收处理意见书")
        with self._at("03-14 09:00"):
            self._create_document(allergy, "agreement", name="消费者补偿协议")
        with self._at("03-20 17:00"):
            allergy.action_close()
        self._dump(allergy, bottle)

    def _split(self, complaint, lines, papers):
        action = complaint.with_user(self.agent).action_split()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create(
                {
                    "line_ids": lines.ids,
                    "document_ids": papers.ids,
                    "description": "爽肤水瓶口渗漏，要求换货。",
                    "category_id": self.quick_ref(
                        "customer_complaint.category_quality_appearance"
                    ).id,
                }
            )
        )
        return complaint.browse(dialog.action_split()["res_id"])

    # ------------------------------------------------------------------
    # FOREIGN MATTER IN A LOT OF COUGH SYRUP
    # ------------------------------------------------------------------

    def _sell_syrup(self, name, quantity=2):
        buyer = self._create_customer(name, phone="139 0013 9000", city="北京")
        syrup = {"name": "止咳糖浆 100 ml", "list_price": 36.0}
        return self._sell(buyer, (syrup, quantity))

    def test_drug_lot_merged_reviewed_and_relied_on(self):
        with self._at("04-01 08:00"):
            order = self._sell_syrup("周德海", quantity=3)
            neighbour_order = self._sell_syrup("钱玉兰")
        with self._at("04-01 10:00"):
            drug = self._register(
                self.agent,
                order,
                "quality_foreign",
                {0: {"quantity": 1, "lot_name": "ZK250611"}},
                description="瓶底有絮状异物，已服用两次。",
                demand="退货并说明原因。",
            )
            self._edit(drug, self.agent, gender="male", age=66)
        with self._at("04-01 10:10"):
            drug.action_accept()
        with self._at("04-01 11:00"):
            self._sign_verifications(drug, self.agent)
        with self._at("04-01 15:00"):
            again = self._register(
                self.colleague,
                order,
                "quality_foreign",
                {0: {"quantity": 1, "lot_name": "ZK250611"}},
                description="周先生来电，另一瓶也有异物。",
            )
        with self._at("04-01 15:30"):
            self._ask(
                "merge",
                again,
                self.supervisor,
                target_id=drug,
                reason="同一顾客、同一批号、同一事由。",
            ).action_merge()
        with self._at("04-02 09:00"):
            drug.with_user(self.quality_user).action_investigate()
        with self._at("04-02 09:30"):
            memo = self._add(
                drug,
                "memo",
                self.quality_user,
                name="核对留样",
                recipient_id=self.storekeeper,
                question="请核对批号 ZK250611 的留样。",
                date_due=fields.Datetime.to_datetime("2031-04-03 01:30:00"),
            )
            memo.action_send()
        with self._at("04-02 16:00"):
            self._edit(memo, self.storekeeper, answer="留样同样有絮状物，已封存。")
            memo.with_user(self.storekeeper).action_answer()
        with self._at("04-04 10:00"):
            self._edit(
                drug,
                self.quality_user,
                conclusion="established",
                conclusion_note="留样与投诉样品均有絮状物，该批停售。",
                cause="product",
                responsible_party="supplier",
                **self._not_reported(drug),
            )
            drug.with_user(self.quality_user).action_confirm_findings()
        with self._at("04-04 10:10"):
            drug.with_user(self.quality_user).action_remediate()
        with self._at("04-04 10:30"):
            self._write_decision(drug.with_user(self.quality_user))
        with self._at("04-04 11:00"):
            self._tell(drug, user=self.agent)
        with self._at("04-10 09:00"):
            review = self._ask_for_review(
                drug, self.agent, request="赔偿太少，要求十倍赔偿。"
            )
        with self._at("04-10 10:00"):
            self._edit(review, self.supervisor, reviewer_id=self.supervisor)
        with self._at("04-15 10:00"):
            self._edit(review, self.supervisor, outcome="upheld", **self._notes())
            review.with_user(self.supervisor).action_decide()
        with self._at("04-15 11:00"):
            self._tell(drug, "review", self.agent, way="hand", proof_ref="周德海签收")
        with self._at("04-20 17:00"):
            drug.action_close()
        with self._at("04-21 09:00"):
            neighbour = self._register(
                self.agent,
                neighbour_order,
                "quality_foreign",
                {0: {"lot_name": "ZK250611"}},
                description="同批糖浆，瓶底有絮状物。",
            )
            neighbour.action_accept()
        with self._at("04-21 09:30"):
            self._sign_verifications(neighbour, self.agent)
        with self._at("04-21 10:00"):
            self._ask(
                "skip_investigation",
                neighbour,
                self.quality_user,
                reason="同一批号已查实。",
                precedent_id=drug,
                conclusion_note="同批产品均有絮状物，同意退货。",
            ).action_skip_investigation()
        with self._at("04-21 10:30"):
            if neighbour.reportability == "to_decide":
                self._edit(neighbour, self.quality_user, **self._not_reported(neighbour))
            self._write_decision(neighbour)
            self._tell(neighbour, user=self.agent)
        with self._at("04-28 17:00"):
            neighbour.action_close()
        self._dump(drug, again, neighbour)

    @staticmethod
    def _not_reported(complaint):
        if complaint.reportability != "to_decide":
            return {}
        return {
            "reportability": "no_report",
            "reportability_reason": "未造成人身伤害，由厂家上报。",
        }

    @staticmethod
    def _notes(opinion="维持原处理意见。"):
        return {
            "process_note": "受理、核查、告知程序完整。",
            "time_note": "各环节均在期限内完成。",
            "result_note": "证据支持结论。",
            "opinion": opinion,
        }

    # ------------------------------------------------------------------
    # A CASHIER'S ATTITUDE
    # ------------------------------------------------------------------

    def test_attitude_handled_by_a_colleague_of_who_it_is_about(self):
        with self._at("05-06 08:00"):
            buyer = self._create_customer("马晓东", phone="137 0013 7000")
            order = self._sell(buyer, ({"name": "羊毛大衣", "list_price": 899.0}, 1))
        with self._at("05-06 12:00"):
            attitude = self._register(
                self.agent,
                order,
                "service_attitude",
                {},
                description="换货时收银员大声呵斥，并拒绝十五天内换货。",
                demand="道歉并换货。",
            )
        with self._at("05-06 12:05"):
            attitude.action_accept()
        with self._at("05-06 12:10"):
            self._edit(attitude, self.agent, user_id=self.agent)
        with self._at("05-06 12:30"):
            self._ask(
                "recuse_myself", attitude, self.agent, reason="被投诉的收银员是我妹妹。"
            ).action_recuse()
        with self._at("05-06 13:00"):
            self._edit(attitude, self.supervisor, user_id=self.colleague)
        with self._at("05-06 14:00"):
            self._sign_verifications(attitude, self.colleague)
        with self._at("05-06 14:10"):
            attitude.with_user(self.colleague).action_investigate()
        with self._at("05-07 10:00"):
            self._add(
                attitude,
                "evidence",
                self.colleague,
                kind="recording",
                name="收银台监控录像",
                source="门店监控室",
                location="门店电脑",
            )
        with self._at("05-07 11:00"):
            self._edit(
                attitude,
                self.colleague,
                conclusion="established",
                conclusion_note="录像证实，换货在期限内。",
                cause="service",
                responsible_party="own",
                responsible_team_id=self.team,
            )
            attitude.with_user(self.colleague).action_confirm_findings()
        with self._at("05-07 11:10"):
            self._edit(attitude, self.colleague, has_exchange=True)
            attitude.with_user(self.colleague).action_remediate()
        with self._at("05-07 11:20"):
            self._write_decision(attitude.with_user(self.colleague))
        with self._at("05-07 12:00"):
            self._tell(
                attitude,
                user=self.colleague,
                outcome="failed",
                failure_reason="无人接听。",
                proof_ref=False,
            )
        with self._at("05-07 18:00"):
            self._tell(attitude, user=self.colleague)
        with self._at("05-12 17:00"):
            attitude.with_user(self.colleague).action_close()
        self._dump(attitude)

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
            bank.action_confirm_findings()
        with self._at("06-05 11:00"):
            bank.action_remediate()
        with self._at("06-05 11:10"):
            self._write_decision(bank)
        with self._at("06-05 14:00"):
            self._tell(bank, way="post", outcome="pending", address="北京市西城区",
                       proof_ref="EMS 1031")
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
        self._dump(bank)

    def _settle(self, action, **values):
        dialog = Form(
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        for name, value in values.items():
            dialog[name] = value
        dialog.save().action_settle()

    def _tell_by(self, action, **values):
        """Fill in the dialog of telling that another button opened."""
        dialog = Form(
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        for name, value in values.items():
            dialog[name] = value
        dialog.save().action_tell()

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
            waive = cable.action_waive_papers()
            dialog = Form(
                self.env[waive["res_model"]]
                .with_user(self.agent)
                .with_context(**waive["context"])
            )
            dialog.reason = "营业执照可公开查询，先行处理。"
            dialog.save().action_waive()
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
            self._tell(joint, "refusal", self.agent, way="hand", proof_ref="项目经理签收")
        with self._at("08-12 17:00"):
            cable.action_close()
        with self._at("08-20 09:00"):
            self._reopen(cable, self.supervisor)
        self._dump(cable, joint)

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
            )
            fall.action_confirm_findings()
        with self._at("09-02 11:00"):
            self._edit(
                fall,
                self.agent,
                has_nursing=True,
                has_lost_wages=True,
                compensation_total=12800,
            )
            fall.action_remediate()
        with self._at("09-02 11:10"):
            self._write_decision(fall)
        with self._at("09-02 15:00"):
            self._tell(fall, user=self.agent, way="hand", proof_ref="吴桂芳签收")
        with self._at("09-10 17:00"):
            fall.with_user(self.manager).action_close()
        self._dump(fall)

    def _dump(self, *complaints):
        with open("/tmp/h/trail.txt", "a") as f:
            f.write(f"\n#### {self._testMethodName}\n")
            for c in complaints:
                f.write(f"== {c.name} {c.subject}\n")
                for e in self._read_trail(c):
                    f.write(" | ".join(e) + "\n")
