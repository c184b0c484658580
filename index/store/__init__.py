"""The local store of an index: files in generations, published atomically."""
