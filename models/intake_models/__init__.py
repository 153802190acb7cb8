"""Data the product ships with: taxonomy, areas, example catalogue, policies, classifier bundle."""
