"""The routing desk (分办台) in a browser: pages, and what they read."""
