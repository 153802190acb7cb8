"""Administrative areas (行政区划): the gazetteer, its tables, and the names that a city adds."""
