"""The extractive reader, with the shipped model and its card in ``model/``."""
