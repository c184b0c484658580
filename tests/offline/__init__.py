"""The block on outgoing connections that every test runs under."""
