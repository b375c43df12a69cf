{
    "name": "Customer Complaints: Tests of the Whole",
    "summary": "Stories, rights and scale of all complaint addons together",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": [
        "customer_complaint_approval",
        "customer_complaint_archive_paper",
        "customer_complaint_confidential",
        "customer_complaint_demo",
        "customer_complaint_import",
        "customer_complaint_investigation",
        "customer_complaint_loyalty",
        "customer_complaint_mrp",
        "customer_complaint_repair",
        "customer_complaint_return_stock",
        "customer_complaint_review",
    ],
    "assets": {
        "web.assets_tests": ["test_customer_complaint/static/tests/tours/**/*"],
    },
}
