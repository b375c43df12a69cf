{
    "name": "Customer Complaints: Personal Data",
    "summary": "Requests of persons about their data: copy, restriction, erasure",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_archive"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_complaint_person_request_security.xml",
        "data/res_company_data.xml",
        "report/customer_complaint_person_export_templates.xml",
        "views/customer_complaint_person_request_views.xml",
        "views/customer_complaint_privacy_menus.xml",
    ],
    "demo": [
        "demo/customer_complaint_person_request_demo.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
