{
    "name": "Customer Complaints: Fulfilment",
    "summary": "What the customer receives is carried out by documents of other apps",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "data": [
        "wizard/customer_complaint_give_reason_views.xml",
        "views/customer_complaint_remediation_views.xml",
    ],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
