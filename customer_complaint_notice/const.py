# The outcome of a review that leaves the decision as it is.
UPHELD = "upheld"
# The texts a template holds; the complaint has fields of the same names.
TEMPLATE_TEXTS = ("decision_grounds", "decision_measures", "decision_ways_open")
