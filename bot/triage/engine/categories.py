"""What a customer's text can be."""

CATEGORIES = (
    "order_status",
    "delivery_problem",
    "return_refund",
    "damaged_wrong_item",
    "payment_invoice",
    "account",
    "product_question",
    "change_cancel_order",
    "promotion",
    "website_problem",
    "complaint",
    "feedback",
    "other",
)
OTHER = CATEGORIES.index("other")
