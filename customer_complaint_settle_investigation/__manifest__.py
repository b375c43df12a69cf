{
    "name": "Customer Complaints: Investigated on the Spot",
    "summary": "What is settled at the counter is verified and confirmed there",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_investigation", "customer_complaint_settle"],
    "data": ["views/customer_complaint_settle_views.xml"],
    "auto_install": True,
}
