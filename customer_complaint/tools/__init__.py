from . import chinese_amount, clock, fetch_joined
