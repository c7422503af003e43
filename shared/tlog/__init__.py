"""A transparency log: RFC 6962 hashing and the formats of C2SP. Pure; server, witness, mirror and verifier use it."""
