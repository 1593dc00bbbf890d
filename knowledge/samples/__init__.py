"""Sample content of an invented online grocer: a folder a space, plain files as authors would have them."""
