"""An answer's citations in the forms that others read, and answers kept under an address."""
