{
    "name": "Customer Complaints: Approval Ladder",
    "summary": "Who approves what from which amount: tiers, people, delegation",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_complaint_approval_security.xml",
        "data/ir_cron_approval_data.xml",
        "data/customer_complaint_approval_tier_data.xml",
        "views/customer_complaint_approval_views.xml",
        "views/customer_complaint_remediation_approval_views.xml",
        "views/res_config_settings_approval_views.xml",
        "views/customer_complaint_approval_menus.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_complaint_approval/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
