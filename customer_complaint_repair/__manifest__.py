{
    "name": "Customer Complaints: Repairs",
    "summary": "Carry out the repairs of complaints by repair orders",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": [
        "customer_complaint_fulfilment",
        "customer_complaint_warranty",
        "repair",
    ],
    "data": [
        "views/customer_complaint_views.xml",
        "views/customer_complaint_remediation_views.xml",
        "views/repair_order_views.xml",
    ],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
