"""Jobs that add and remove articles for visitors, and the files that visitors upload."""
