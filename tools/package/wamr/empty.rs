// cargo wants a crate to have a source; this one is only its dependencies.
