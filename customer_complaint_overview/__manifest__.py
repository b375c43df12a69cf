{
    "name": "Customer Complaints: Overview",
    "summary": "What waits for me, and how each team stands, on the first page",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "data": [
        "views/mail_activity_views.xml",
        "views/customer_complaint_team_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["customer_complaint_overview/static/src/**/*"],
        "web.assets_tests": ["customer_complaint_overview/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
