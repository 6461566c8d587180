"""What a notebook shows: pictures, tables and listings, each with a text that nbval compares."""
