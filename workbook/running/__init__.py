"""An app in a process of its own: started, recorded, asked."""
