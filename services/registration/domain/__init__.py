"""The rules of registration, one module an aggregate."""
