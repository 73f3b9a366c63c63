"""What do we hold of partners, until when, and what do they hold of us? Retention, legal holds, disposal."""
