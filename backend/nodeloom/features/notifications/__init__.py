"""What reaches people: notifications in the product, and the letters that are sent by mail."""
