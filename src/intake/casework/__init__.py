"""Actions of people and units after the machine has decided: corrections, answers, merges, urging."""
