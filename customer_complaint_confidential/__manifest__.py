{
    "name": "Customer Complaints: Confidential Papers",
    "summary": "Consult confidential papers with leave; who the complainant is by law",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_history"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_complaint_archive_access_security.xml",
        "data/customer_complaint_archive_access_data.xml",
        "wizard/customer_complaint_ask_access_views.xml",
        "views/customer_complaint_archive_access_views.xml",
        "views/customer_complaint_confidential_menus.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
