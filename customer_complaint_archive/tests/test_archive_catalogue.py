import datetime
import re
from io import BytesIO

from lxml import html
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import read_pages, read_text
from odoo.addons.customer_complaint_base.tools.catalogue import (
    count_lines,
    get_width,
    paginate,
)

SCRIPT = "<script>alert('张三')</script>"
CATALOGUE = "customer_complaint_archive.archive_catalogue"
LABEL = "customer_complaint_archive.archive_label"
BOX_LABEL = "customer_complaint_archive.archive_box_label"
HEADINGS = [
    "Archive Number",
    "Year",
    "Archive Category",
    "Complaint No.",
    "Complainant",
    "Complaint",
    "Channel",
    "Date accepted",
    "Date completed",
    "Pages",
    "Room",
    "Cabinet",
    "Box",
    "Kept until",
    "Kept",
    "State",
    "Remarks",
    "Company",
]


class CatalogueCase(CustomerComplaintCommon):
    def _create_card(self, **values):
        """Create a sealed card of a complaint, with values of the card."""
        with freeze_time("2026-03-05 02:00:00"):
            complaint = self._create_complaint(
                sale_order_id=False,
                line_ids=[],
                event_place="门店",
                phone="13800001111",
            )
            self._create_document(complaint, "receipt", copies=2, pages=3)
            self._create_document(
                complaint, "identity", name="李娜 110105199003070021", pages=2
            )
            self._take_to(complaint, "accepted")
        card = complaint.archive_card_id.sudo()
        card.write(values)
        with freeze_time("2026-03-20 17:00:00"):
            self._take_to(complaint, "closed")
        return card

    def _copy_cards(self, card, count):
        """Make more cards like one, as fast as tests need them."""
        complaints = card.complaint_id
        for _number in range(count - 1):
            complaint = self._create_complaint(
                sale_order_id=False, line_ids=[], event_place="门店"
            )
            self._take_to(complaint, "accepted")
            complaints |= complaint.sudo()
        return complaints.archive_card_id.sudo()

    def _render_html(self, report, cards, user=None, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(user or self.archivist)
        content, _kind = reports.with_context(lang=lang)._render_qweb_html(
            report, cards.ids
        )
        return content.decode()

    def _render_pdf(self, report, cards, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(self.archivist)
        with self.allow_pdf_render():
            content, kind = reports.with_context(
                lang=lang, force_report_rendering=True
            )._render_qweb_pdf(report, cards.ids)
        self.assertEqual(kind, "pdf")
        return content

    def _read_xlsx(self, content):
        return load_workbook(BytesIO(content)).active


@tagged("post_install", "-at_install", "slow")
class TestArchiveCatalogue(CatalogueCase):
    # ------------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------------

    def test_catalogue_says_what_and_where(self):
        card = self._create_card(
            room="二号库", cabinet="3柜", box="7", remarks=f"附{SCRIPT}录像"
        )
        page = html.fromstring(self._render_html(CATALOGUE, card))
        [row] = page.xpath("//table[@name='cards']//tr[td]")
        texts = [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
        # The 20th in UTC is the 21st in Shanghai.
        self.assertEqual(
            texts,
            [
                "1",
                card.name,
                "03/21/2026",
                "李娜",
                card.complaint_id.subject,
                "General Complaints",
                "8",
                "二号库 / 3柜 / 7",
                "03/21/2031",
                f"附{SCRIPT}录像",
            ],
        )
        self.assertRegex(card.name, r"^DA/2026/YB/\d{5}$")

    def test_nothing_confidential(self):
        card = self._create_card()
        content = self._render_html(CATALOGUE, card) + self._render_html(LABEL, card)
        for row in self._read_xlsx(card._make_catalogue_xlsx()).values:
            content += str(row)
        for secret in ("110105199003070021", "13800001111", "lina@example.com"):
            self.assertNotIn(secret, content)

    def test_each_page_has_the_head_and_its_number(self):
        first = self._create_card(room="二号库" * 10, remarks="破损。" * 60)
        cards = self._copy_cards(first, 45)
        content = self._render_pdf(CATALOGUE, cards)
        pages = len(read_pages(content))
        self.assertGreater(pages, 2)
        texts = read_text(content).split("\f")[:pages]
        for number, text in enumerate(texts, start=1):
            self.assertIn(f"Page {number} of {pages}", text)
            self.assertIn("Archive Number", text)
            self.assertIn("Kept until", text)
        found = re.findall(r"(?m)^ *(\d+) ", "\n".join(texts))
        self.assertEqual(sorted(map(int, found)), list(range(1, len(cards) + 1)))

    def test_too_many_cards_for_print(self):
        cards = self._create_card()
        report = self.env["report.customer_complaint_archive.archive_catalogue"]
        with self._refused("too many for print"):
            report._get_docs(cards.browse(range(1, 2002)))

    def test_paginate(self):
        self.assertEqual(get_width("李娜 Li"), 7)
        self.assertEqual(count_lines("李娜李娜李娜", 4), 3)
        self.assertEqual(count_lines("a\nb", 10), 2)
        self.assertEqual(count_lines("", 10), 1)
        rows = [("x",)] * 7
        self.assertEqual([len(page) for page in paginate(rows, (10,), 6, 1)], [3, 3, 1])
        self.assertEqual(paginate([], (10,), 6, 1), [[]])
        # A row that is longer than a page gets one of its own.
        self.assertEqual(
            [len(page) for page in paginate([("x",), ("y" * 99,)], (10,), 6, 1)], [1, 1]
        )

    # ------------------------------------------------------------------
    # XLSX
    # ------------------------------------------------------------------

    def test_xlsx_reads_back(self):
        card = self._create_card(room="二号库", remarks="=cmd|' /C calc'!A0")
        sheet = self._read_xlsx(card._make_catalogue_xlsx())
        self.assertEqual(sheet.freeze_panes, "B2")
        head, row = sheet.iter_rows()
        self.assertEqual([cell.value for cell in head], HEADINGS)
        values = dict(zip(HEADINGS, row, strict=True))
        self.assertEqual(values["Archive Number"].value, card.name)
        self.assertEqual(values["Year"].value, 2026)
        self.assertEqual(values["Pages"].value, 8)
        self.assertEqual(values["Date accepted"].value, datetime.datetime(2026, 3, 5))
        self.assertEqual(values["Date completed"].value, datetime.datetime(2026, 3, 21))
        self.assertEqual(values["Kept until"].value, datetime.datetime(2031, 3, 21))
        self.assertTrue(values["Kept until"].is_date)
        self.assertEqual(values["Room"].value, "二号库")
        self.assertEqual(values["State"].value, "Sealed")

    def test_texts_of_users_stay_texts(self):
        texts = [
            "=1+1",
            "+86 10 8888",
            "@SUM(A1)",
            "-2",
            "007",
            "http://example.com",
            SCRIPT,
            "长" * 40000,
        ]
        card = self._create_card()
        for text in texts:
            with self.subTest(text=text[:20]):
                # Past Odoo: what is sealed does not change by it.
                self.cr.execute(
                    "UPDATE customer_complaint_archive_card SET remarks = %s"
                    " WHERE id = %s",
                    [text, card.id],
                )
                card.invalidate_recordset(["remarks"])
                sheet = self._read_xlsx(card._make_catalogue_xlsx())
                cell = sheet.cell(2, HEADINGS.index("Remarks") + 1)
                self.assertEqual(cell.data_type, "s")
                self.assertEqual(cell.value, text[:32767])
                self.assertIsNone(cell.hyperlink)

    def test_xlsx_costs_the_same_for_each_batch(self):
        cards = self._copy_cards(self._create_card(), 12).with_user(self.archivist)
        counts = []
        for some in (cards[:2], cards):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._make_catalogue_xlsx()
            counts.append(self.cr.sql_log_count - before)
        # Two batches more, each read and its cases asked once.
        self.assertLessEqual(counts[1] - counts[0], 4, counts)

    # ------------------------------------------------------------------
    # LABELS
    # ------------------------------------------------------------------

    def test_label_leads_to_the_card(self):
        card = self._create_card(room="二号库", box="7")
        page = html.fromstring(self._render_html(LABEL, card))
        [label] = page.xpath("//div[@name='archive_label']")
        text = " ".join(label.text_content().split())
        for part in (card.name, "Year 2026", "General Complaints", "二号库 / 7"):
            self.assertIn(part, text)
        [image] = label.xpath(".//img/@src")
        self.assertTrue(image.startswith("data:image/png;base64,"))
        self.assertTrue(
            card._get_label_url().endswith(f"/odoo/complaint-archive/{card.id}")
        )

    def test_several_labels_on_a_page(self):
        cards = self._copy_cards(self._create_card(), 13)
        content = self._render_pdf(LABEL, cards)
        self.assertEqual(len(read_pages(content)), 2)

    def test_box_label_sums_up(self):
        first = self._create_card(room="二号库", box="7")
        second = self._create_card(room="二号库", box="7")
        third = self._create_card(room="二号库", box="8")
        loose = self._create_card()
        page = html.fromstring(
            self._render_html(BOX_LABEL, first | second | third | loose)
        )
        labels = [
            " ".join(label.text_content().split())
            for label in page.xpath("//div[@name='archive_box_label']")
        ]
        self.assertEqual(len(labels), 2)
        self.assertIn("二号库 / 7", labels[0])
        self.assertIn(f"{first.name} – {second.name}", labels[0])
        self.assertIn("Cards: 2", labels[0])
        with self._refused("stands in a box"):
            self._render_html(BOX_LABEL, loose)

    # ------------------------------------------------------------------
    # DIALOG AND RIGHTS
    # ------------------------------------------------------------------

    def _dialog(self, user, **values):
        Dialog = self.env["customer.complaint.archive.catalogue"]
        return Dialog.with_user(user).create(values)

    def test_dialog_finds_by_year_and_place(self):
        card = self._create_card(room="二号库")
        other = self._create_card(room="三号库")
        both = card | other
        for values, expected in (
            ({"archive_year": "2026"}, both),
            ({"archive_year": "2026", "room": "二号库"}, card),
            ({"card_ids": other.ids, "room": "二号库"}, other),
        ):
            found = self._dialog(self.archivist, **values)._get_cards()
            self.assertEqual(found & both, expected.with_user(self.archivist))
        with self._refused("no such card"):
            self._dialog(self.archivist, archive_year="1999")._get_cards()
        with self._refused("is no year"):
            self._dialog(self.archivist, archive_year="今年").action_download()

    def test_each_reads_what_they_may(self):
        card = self._create_card()
        self.assertIn(card, self._dialog(self.agent)._get_cards())
        self.assertIn(card, self._dialog(self.auditor)._get_cards())
        with self.assertRaises(UserError):
            self._dialog(self.stranger, card_ids=card.ids)._get_cards()
        with self.assertRaises(AccessError):
            self._dialog(self.employee)
        for report in (CATALOGUE, LABEL, BOX_LABEL):
            for user in (self.stranger, self.employee):
                with self.subTest(report=report, user=user.login):
                    with self.assertRaises(AccessError):
                        self._render_html(report, card, user)
        with self.assertRaises(AccessError):
            card.with_user(self.stranger)._make_catalogue_xlsx()
        with self.assertRaises(AccessError):
            card.with_user(self.stranger).action_open_catalogue()


@tagged("post_install", "-at_install")
class TestArchiveCatalogueRoute(CatalogueCase, HttpCase):
    def test_download(self):
        card = self._create_card()
        dialog = (
            self.env["customer.complaint.archive.catalogue"]
            .with_user(self.agent)
            .create({"card_ids": card.ids})
        )
        url = dialog.action_download()["url"]
        self.authenticate("complaint_agent", "complaint_agent")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        sheet = self._read_xlsx(response.content)
        self.assertEqual(sheet["A2"].value, card.name)
        self.authenticate("complaint_manager", "complaint_manager")
        self.assertEqual(self.url_open(url).status_code, 404)
