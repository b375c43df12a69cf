def uninstall_hook(env):
    """Give lines back to the handlers that only repair orders were carrying out."""
    env["customer.complaint.remediation.line"]._give_back_under_way("repair.order")
