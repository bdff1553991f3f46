"""What any HTTP answer is made of: problems, bodies, pages, public addresses, explanations."""
