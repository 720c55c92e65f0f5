"""Impact page: ask, read the answer, posts one by one, costs."""
