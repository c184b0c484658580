"""Names of people, organisations and places in articles."""
