{
    "name": "Customer Complaints: Stories",
    "summary": "Demonstration: complaints that walk through several of the addons",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": [
        "customer_complaint_confidential",
        "customer_complaint_investigation",
        "customer_complaint_review",
    ],
    "demo": [
        "demo/customer_complaint_allergy_demo.xml",
        "demo/customer_complaint_attitude_demo.xml",
        "demo/customer_complaint_wealth_plan_demo.xml",
        "demo/customer_complaint_archive_demo.xml",
        "demo/customer_complaint_archive_access_demo.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
