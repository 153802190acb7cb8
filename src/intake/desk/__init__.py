"""The routing desk (分办台): a web application for people, and the HTTP interface for other systems."""
