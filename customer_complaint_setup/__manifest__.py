{
    "name": "Customer Complaints: Set-up",
    "summary": "Five questions after which a company's complaint desk is ready",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_approval", "customer_complaint_deadline"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/customer_complaint_setup_views.xml",
        "views/customer_complaint_views.xml",
        "views/res_config_settings_views.xml",
        "views/customer_complaint_setup_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["customer_complaint_setup/static/src/**/*"],
    },
    "auto_install": True,
}
