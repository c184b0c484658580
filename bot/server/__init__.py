"""The server around the page: endpoints for programs, headers, health and figures."""
