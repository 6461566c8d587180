"""What the notebooks stand on: launching, recording, drawing, databases, checks."""
