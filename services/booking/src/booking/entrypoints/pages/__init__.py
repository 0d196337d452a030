"""Pages for guests, and for hosts who come by a link: rendered here, whole without JavaScript."""
