from . import bundle, chinese_amount, clock
