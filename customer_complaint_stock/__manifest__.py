{
    "name": "Customer Complaints: Returns and Exchanges",
    "summary": "Take goods back and replace them for complaints, by transfers",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_account", "sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "views/customer_complaint_views.xml",
        "views/customer_complaint_remediation_views.xml",
        "views/stock_picking_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_complaint_stock/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
