"""Wire ⇄ domain: the only files that know both."""
