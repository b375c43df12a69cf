{
    "name": "Customer Complaints: Merging and Splitting",
    "summary": "Several complaints about one matter become one, one about several more",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/customer_complaint_merge_views.xml",
        "wizard/customer_complaint_split_views.xml",
        "wizard/customer_complaint_open_views.xml",
        "views/customer_complaint_merge_views.xml",
    ],
    "auto_install": True,
}
