"""Brings streams back that were lost, cut or rolled back, from the databases of the services that speak in them."""
