{
    "name": "Customer Complaints: Enquiries and Personal Data",
    "summary": "Enquiries in the copy of a person's data, and erased on request",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint_enquiry", "customer_complaint_privacy"],
    "data": ["views/customer_complaint_person_request_views.xml"],
    "auto_install": True,
}
