"""Who may ask and who may change what, how much, and how often."""
