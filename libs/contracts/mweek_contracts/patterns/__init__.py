"""The patterns that come with the product, as their authors write them (YAML) and as plain values (`plain`)."""
