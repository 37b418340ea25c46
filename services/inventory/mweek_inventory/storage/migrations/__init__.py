"""The schema of the inventory's database, step by step; `mweek-inventory migrate` takes them."""
