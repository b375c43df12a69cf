{
    "name": "Customer Complaints: History",
    "summary": "What is on a case stays: messages, changes, to-dos and files",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "auto_install": True,
}
