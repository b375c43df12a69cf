{
    "name": "Customer Complaints: Registers from Spreadsheets",
    "summary": "Running complaints are read from the spreadsheets that desks keep",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["base_import", "customer_complaint"],
    "data": [
        "views/customer_complaint_register_views.xml",
    ],
    "auto_install": True,
}
