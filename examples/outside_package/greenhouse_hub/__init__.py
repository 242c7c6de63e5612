"""An integration in a package of its own: laid out as the hub's own ones are."""
