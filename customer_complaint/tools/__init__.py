from . import bundle, catalogue, chinese_amount, clock
