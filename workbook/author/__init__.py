"""The tools of those who write chapters: nothing that a learner runs needs them."""
