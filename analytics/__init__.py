"""What we learn: pure functions over tables and arrays; numbers and plain words out."""
