"""The web application: the desk for people, the HTTP interface for systems."""
