{
    "name": "Customer Complaints: Kits",
    "summary": "Take back and replace kits part by part for complaints",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_stock", "sale_mrp"],
    "auto_install": True,
}
