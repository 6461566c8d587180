"""What a learner's exercises stand on: their chapters, checks, progress and predictions."""
