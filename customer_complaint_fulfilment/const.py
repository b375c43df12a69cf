"""What several addons need that carry out what customers receive."""

# Money for what it cost the customer, or for the harm: not for goods.
MONEY_KINDS = (
    "compensation",
    "lost_wages",
    "travel",
    "nursing",
    "medical",
    "consolation",
)
