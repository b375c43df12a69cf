from . import (
    access,
    bundle,
    catalogue,
    chinese_amount,
    clock,
    document,
    fetch_joined,
    signature,
)
