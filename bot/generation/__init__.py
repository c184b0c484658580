"""An answer written by a chat model from found sentences, and the check of every word of it."""
