def uninstall_hook(env):
    """Give lines back to the handlers that only transfers were carrying out.

    The transfers stay in the stock; nobody is told any more when they are done.
    """
    lines = env["customer.complaint.remediation.line"].search(
        [("state", "=", "under_way"), ("move_ids", "!=", False)]
    )
    for line in lines:
        documents = line._get_live_documents()
        if all(doc.record._name == "stock.picking" for doc in documents):
            line._reopen(
                "open",
                env._(
                    "%(documents)s no longer report back, as the app that links them "
                    "was uninstalled",
                    documents=line._list_documents(documents),
                ),
            )
