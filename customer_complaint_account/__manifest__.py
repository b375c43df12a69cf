{
    "name": "Customer Complaints: Credit Notes",
    "summary": "Refunds and money as draft credit notes, never more than was billed",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_fulfilment"],
    "data": [
        "views/customer_complaint_remediation_credit_views.xml",
        "views/res_config_settings_compensation_views.xml",
        "views/customer_complaint_account_menus.xml",
    ],
    "auto_install": True,
}
