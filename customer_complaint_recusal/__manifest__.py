{
    "name": "Customer Complaints: Recusal",
    "summary": "Whoever a case is about, or who has an interest in it, gives it up",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "data": [
        "security/ir.model.access.csv",
        "views/customer_complaint_recusal_views.xml",
    ],
    "auto_install": True,
}
