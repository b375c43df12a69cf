{
    "name": "Customer Complaints: Settled on the Spot",
    "summary": "A small complaint from the order to the card in one dialog",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": [
        "customer_complaint_account",
        "customer_complaint_approval",
        "customer_complaint_notice",
    ],
    "data": [
        "security/ir.model.access.csv",
        "data/mail_activity_type_data.xml",
        "wizard/customer_complaint_settle_views.xml",
        "views/account_move_views.xml",
        "views/customer_complaint_views.xml",
        "views/res_config_settings_views.xml",
        "views/sale_order_views.xml",
    ],
    "demo": [
        "demo/sale_order_demo.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_complaint_settle/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
