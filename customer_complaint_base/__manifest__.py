{
    "name": "Customer Complaints: Groundwork",
    "summary": "What the records of complaint handling have in common",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["mail", "resource"],
    # Who reads the log of changes is said by the desk.
    "data": ["security/ir.model.access.csv"],
}
