"""A laboratory: availability on real servers, fed by a bare producer, asked over HTTP."""
