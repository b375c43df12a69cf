from . import bundle, catalogue, chinese_amount, clock, fetch_joined
