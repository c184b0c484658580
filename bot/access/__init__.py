"""Users, what each visitor may do, and rate limits."""
