{
    "name": "Customer Complaints: Vouchers",
    "summary": "Give the vouchers of complaints as gift cards or to the eWallet",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_account", "sale_loyalty"],
    "data": [
        "views/loyalty_card_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
