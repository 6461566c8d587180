"""Any Flask app, run as it is: what does it open, keep and lose?"""
