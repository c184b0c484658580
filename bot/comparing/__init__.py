"""What reports say of one thing, side by side: their values, and how these are related."""
