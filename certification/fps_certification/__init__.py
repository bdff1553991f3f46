"""Self-certification: the requirements that a product must meet, and what will try them."""
