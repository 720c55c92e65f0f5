"""What we make and train: posts, pictures, vectors and the checks on them."""
