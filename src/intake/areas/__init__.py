"""Administrative areas (行政区划): the gazetteer, the tables behind it, the names people add."""
