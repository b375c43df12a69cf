{
    "name": "Customer Complaints: Paper Archive",
    "summary": "Inventories of the paper originals, and cards of past years",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_archive", "customer_complaint_import"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_complaint_archive_inventory_security.xml",
        "security/customer_complaint_archive_legacy_security.xml",
        "data/res_company_data.xml",
        "wizard/customer_complaint_archive_inventory_finish_views.xml",
        "report/customer_complaint_archive_inventory_templates.xml",
        "report/customer_complaint_archive_inventory_reports.xml",
        "views/customer_complaint_archive_inventory_line_views.xml",
        "views/customer_complaint_archive_inventory_views.xml",
        "views/customer_complaint_archive_legacy_views.xml",
        "views/customer_complaint_archive_paper_menus.xml",
    ],
    "demo": [
        "demo/customer_complaint_archive_legacy_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["customer_complaint_archive_paper/static/src/**/*"],
        "web.assets_tests": [
            "customer_complaint_archive_paper/static/tests/tours/**/*"
        ],
    },
    "uninstall_hook": "uninstall_hook",
}
