from . import chinese_amount, clock, document, fetch_joined
