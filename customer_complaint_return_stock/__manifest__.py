{
    "name": "Customer Complaints: No-reason Returns and Transfers",
    "summary": "Returns learn from the transfers that their goods are back",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_return", "customer_complaint_stock"],
    "auto_install": True,
}
