"""What is watched: feeds that bring articles, and questions whose answers may change."""
