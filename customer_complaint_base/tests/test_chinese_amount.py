from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.customer_complaint_base.tools.chinese_amount import to_chinese_amount

AMOUNTS = {
    "0": "零元整",
    "0.00": "零元整",
    "0.01": "壹分",
    "0.05": "伍分",
    "0.10": "壹角",
    "0.50": "伍角",
    "0.55": "伍角伍分",
    "0.99": "玖角玖分",
    "1": "壹元整",
    "1.01": "壹元零壹分",
    "1.10": "壹元壹角",
    "1.11": "壹元壹角壹分",
    "2": "贰元整",
    "9.90": "玖元玖角",
    "10": "壹拾元整",
    "10.01": "壹拾元零壹分",
    "10.50": "壹拾元伍角",
    "11": "壹拾壹元整",
    "15": "壹拾伍元整",
    "20": "贰拾元整",
    "99.99": "玖拾玖元玖角玖分",
    "100": "壹佰元整",
    "100.01": "壹佰元零壹分",
    "101": "壹佰零壹元整",
    "110": "壹佰壹拾元整",
    "111": "壹佰壹拾壹元整",
    "200.20": "贰佰元贰角",
    "325.04": "叁佰贰拾伍元零肆分",
    "860.50": "捌佰陆拾元伍角",
    "1000": "壹仟元整",
    "1001": "壹仟零壹元整",
    "1010": "壹仟零壹拾元整",
    "1100": "壹仟壹佰元整",
    "1234.56": "壹仟贰佰叁拾肆元伍角陆分",
    "1409.50": "壹仟肆佰零玖元伍角",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "2003.07": "贰仟零叁元零柒分",
    "5005": "伍仟零伍元整",
    "6007.14": "陆仟零柒元壹角肆分",
    "10000": "壹万元整",
    "10001": "壹万零壹元整",
    "10010": "壹万零壹拾元整",
    "10100": "壹万零壹佰元整",
    "11000": "壹万壹仟元整",
    "12800": "壹万贰仟捌佰元整",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "20000.01": "贰万元零壹分",
    "50080.06": "伍万零捌拾元零陆分",
    "100000": "壹拾万元整",
    "100001": "壹拾万零壹元整",
    "105000": "壹拾万伍仟元整",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "200300": "贰拾万零叁佰元整",
    "1000000": "壹佰万元整",
    "1000001": "壹佰万零壹元整",
    "3040500": "叁佰零肆万零伍佰元整",
    "10000000": "壹仟万元整",
    "10050001": "壹仟零伍万零壹元整",
    "12345678.90": "壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角",
    "100000000": "壹亿元整",
    "100000001": "壹亿零壹元整",
    "100001000": "壹亿零壹仟元整",
    "100010000": "壹亿零壹万元整",
    "101000000": "壹亿零壹佰万元整",
    "110000000": "壹亿壹仟万元整",
    "1000000000": "壹拾亿元整",
    "100200300400": "壹仟零贰亿零叁拾万零肆佰元整",
    "1000000000000": "壹万亿元整",
    "1000000000001": "壹万亿零壹元整",
    "1000100000000": "壹万零壹亿元整",
    "1200000000000": "壹万贰仟亿元整",
    "9999999999999999.99": (
        "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"
    ),
}


@tagged("post_install", "-at_install")
class TestChineseAmount(BaseCase):
    def test_table(self):
        self.assertGreaterEqual(len(AMOUNTS), 60)
        for amount, text in AMOUNTS.items():
            with self.subTest(amount=amount):
                self.assertEqual(to_chinese_amount(amount), text)

    def test_numbers_of_any_kind(self):
        for amount in (1234.56, "1234.56", Decimal("1234.56"), 1234.5600000000001):
            self.assertEqual(to_chinese_amount(amount), AMOUNTS["1234.56"])
        self.assertEqual(to_chinese_amount(10), AMOUNTS["10"])
        self.assertEqual(to_chinese_amount(0.1 + 0.2), "叁角")
        self.assertEqual(to_chinese_amount(-0.0), "零元整")

    def test_rounded_to_the_fen(self):
        for amount, text in {
            "0.004": "零元整",
            "0.005": "壹分",
            "1.995": "贰元整",
            "9999.999": "壹万元整",
        }.items():
            self.assertEqual(to_chinese_amount(amount), text)

    def test_what_is_no_amount_is_refused(self):
        for amount in ("-0.01", -1, "nan", "inf", "", "zwölf", None, 10**16, "1e16"):
            with self.subTest(amount=amount), self.assertRaises(ValueError):
                to_chinese_amount(amount)

    def test_every_amount_reads_back(self):
        """No two amounts are written alike, whatever their zeros."""
        digits = {char: i for i, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
        units = {"拾": 10, "佰": 100, "仟": 1000}

        def read(text):
            total = group = digit = 0
            for char in text:
                if char in digits:
                    digit = digits[char]
                elif char in units:
                    group, digit = group + digit * units[char], 0
                elif char == "万":
                    total, group, digit = total + (group + digit) * 10**4, 0, 0
                elif char == "亿":
                    total, group, digit = (total + group + digit) * 10**8, 0, 0
            return total + group + digit

        for number in [*range(1, 3000), *range(99_990, 10**9, 7_654_321)]:
            text = to_chinese_amount(number)
            self.assertTrue(text.endswith("元整"))
            self.assertEqual(read(text[:-2]), number, text)
            self.assertNotIn("零零", text)
