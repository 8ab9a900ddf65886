"""Mail without a network: octets to meaning, and meaning to octets."""
