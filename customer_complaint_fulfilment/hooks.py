def uninstall_hook(env):
    """Give lines back to the handlers that other apps were carrying out."""
    env["customer.complaint.remediation.line"]._give_back_under_way()
