{
    "name": "Customer Complaints: Groundwork",
    "summary": "What the records of complaint handling have in common",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["mail", "resource"],
    "data": [
        # Who has which of these rights is said by the desk.
        "security/ir.model.access.csv",
        "wizard/customer_complaint_give_reason_views.xml",
    ],
}
