{
    "name": "Customer Complaints: Portal",
    "summary": "Customers sign or decline by themselves what was approved for them",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint", "portal"],
    "auto_install": True,
}
