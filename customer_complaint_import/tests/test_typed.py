from datetime import date, datetime

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ..tools import typed

TODAY = date(2024, 6, 15)


@tagged("post_install", "-at_install")
class TestTyped(BaseCase):
    """What people type is read as they mean it, or not at all."""

    def _check(self, read, wanted, **values):
        for text, value in wanted.items():
            with self.subTest(text=text):
                self.assertEqual(read(text, **values), value)

    def _refuse(self, read, texts, **values):
        for text in texts:
            with self.subTest(text=text), self.assertRaises(typed.Unreadable):
                read(text, **values)

    def test_days(self):
        day = date(2024, 3, 5)
        self._check(
            typed.read_day,
            {
                text: day
                for text in (
                    "2024-03-05",
                    "2024年3月5日",
                    "2024年03月05日",
                    "2024年3月5号",
                    "２０２４年３月５日",
                    "2024 年 3 月 5 日",
                    "20240305",
                    "2024.3.5",
                    "2024/3/5",
                    "２０２４／３／５",
                    "2024-3-5 ",
                    "24年3月5日",
                    "二〇二四年三月五日",
                    "2024年3月5日星期二",
                    "2024-03-05(周二)",
                    "2024-03-05 14:30:00",
                    "2024年3月5日 下午2点30分",
                    "2024年3月5日14时",
                    "45356",
                    "45356.604166",
                    datetime(2024, 3, 5, 8, 0),
                    day,
                )
            },
        )
        self._check(
            typed.read_day,
            {
                "98.6.20": date(1998, 6, 20),
                "98年6月20日": date(1998, 6, 20),
                "25/12/2023": date(2023, 12, 25),
                "12/25/2023": date(2023, 12, 25),
                "5/5/2023": date(2023, 5, 5),
                "二〇二三年十二月二十一日": date(2023, 12, 21),
            },
        )

    def test_days_without_a_year(self):
        self._check(
            typed.read_day,
            {
                "3月5日": date(2024, 3, 5),
                "6月15日": date(2024, 6, 15),
                # Not yet this year: it was the last.
                "6月16日": date(2023, 6, 16),
                "12月31号": date(2023, 12, 31),
            },
            today=TODAY,
        )
        # On a card of past years it can be any.
        self._refuse(typed.read_day, ["3月5日"])

    def test_days_that_cannot_be_told_are_refused(self):
        self._refuse(
            typed.read_day,
            [
                "3/5/2024",
                "24.3.5",
                "240305",
                "2024",
                "2024年3月",
                "2024-13-05",
                "2024-02-30",
                "20241305",
                "1624-03-05",
                "99999",
                "123",
                "上周",
                "2024-03-05 25:00",
                "3月5日到8日",
                "约2024年3月5日",
            ],
            today=TODAY,
        )

    def test_moments(self):
        self._check(
            typed.read_moment,
            {
                "2024-03-05 14:30": datetime(2024, 3, 5, 14, 30),
                "2024/3/5 9:05:07": datetime(2024, 3, 5, 9, 5, 7),
                "2024年3月5日下午3时20分": datetime(2024, 3, 5, 15, 20),
                "2024-03-05T08:00:00": datetime(2024, 3, 5, 8),
                "2024-03-05 02:30 PM": datetime(2024, 3, 5, 14, 30),
                "2024年3月5日中午12点": datetime(2024, 3, 5, 12),
                "45356.5": datetime(2024, 3, 5, 12),
                "2024-03-05": datetime(2024, 3, 5),
                "/": None,
            },
        )

    def test_amounts(self):
        self._check(
            typed.read_amount,
            {
                "￥1200": 1200,
                "¥ 1,200.50": 1200.5,
                "1200.00元": 1200,
                "1200元整": 1200,
                "人民币1200元": 1200,
                "RMB 88": 88,
                "1,200": 1200,
                "１，２００": 1200,
                "1,234,567.89": 1234567.89,
                "1.2万": 12000,
                "1.2万元": 12000,
                "3千": 3000,
                "2百": 200,
                "0.35亿": 35_000_000,
                "-50": -50,
                "(50)": -50,
                ".5": 0.5,
                "0": 0,
                "１２００．５": 1200.5,
                "1.2E+5": 120000,
                12.5: 12.5,
                "/": None,
                "无": None,
                "": None,
                "—": None,
            },
        )

    def test_amounts_that_cannot_be_told_are_refused(self):
        self._refuse(
            typed.read_amount,
            [
                "1,2",
                "1.200,50",
                "1200左右",
                "12-15",
                "一千二",
                "1 200",
                "12元5角",
                "nan",
            ]
            + ["inf", "1e999", float("inf"), float("nan"), "1,2万", "九折"],
        )

    def test_ages(self):
        self._check(
            typed.read_whole,
            {
                "35": 35,
                "35岁": 35,
                "３５": 35,
                "35周岁": 35,
                "35.0": 35,
                "无": None,
                " ": None,
            },
        )
        self._refuse(typed.read_whole, ["三十五", "35.5", "30多", "-3", "9" * 20])

    def test_words(self):
        self._check(
            typed.read_gender,
            {
                "男": "male",
                "女 ": "female",
                "先生": "male",
                "女士": "female",
                "Ｆ": "female",
                "Male": "male",
                "/": None,
            },
        )
        self._refuse(typed.read_gender, ["男女", "x", "张先生"])
        self._check(
            typed.read_tick,
            {"√": True, "✓": True, "是": True, "Ｙ": True, "1": True, "有": True}
            | {"否": False, "": False, "0": False, "无": False, "□": False, "/": False},
        )
        self._refuse(typed.read_tick, ["×", "x", "也许", "2"])
