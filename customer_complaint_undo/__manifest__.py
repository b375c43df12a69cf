{
    "name": "Customer Complaints: Undo",
    "summary": "A step taken by mistake is taken back within minutes, on record",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "data": [
        "views/customer_complaint_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
