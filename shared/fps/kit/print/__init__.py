"""Letters to people, printed: PDF from a template and structured content."""
