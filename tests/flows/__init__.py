"""The stories of the product on virtual time, without Qt, sockets or a server."""
