"""Files on the user's disk: replaced atomically, and arrays in them."""
