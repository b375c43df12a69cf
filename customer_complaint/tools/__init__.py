from . import chinese_amount, clock
