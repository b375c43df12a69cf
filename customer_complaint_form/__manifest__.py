{
    "name": "Customer Complaints: Forms and Register",
    "summary": "Forms to fill in and sign, and the register of complaints",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "customer_complaint contributors",
    "license": "LGPL-3",
    "depends": ["customer_complaint"],
    "data": [
        "security/ir.model.access.csv",
        "report/customer_complaint_form_templates.xml",
        "report/customer_complaint_application_templates.xml",
        "report/customer_complaint_registration_templates.xml",
        "report/customer_complaint_quality_templates.xml",
        "report/customer_complaint_feedback_templates.xml",
        "report/customer_complaint_register_templates.xml",
        "report/customer_complaint_form_reports.xml",
        "views/customer_complaint_views.xml",
        # Last: the menu names the action above.
        "views/customer_complaint_menus.xml",
    ],
    "auto_install": True,
}
