{
    "name": "Customer Complaints: Assignment by Rule",
    "summary": "Complaints go to whoever has the fewest and is at work",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "data": [
        "data/mail_activity_type_data.xml",
        "views/customer_complaint_assignment_views.xml",
    ],
    "demo": ["demo/customer_complaint_team_demo.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
