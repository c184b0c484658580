"""The ASGI app around the page: endpoints for programs, MCP, metrics, middleware."""
