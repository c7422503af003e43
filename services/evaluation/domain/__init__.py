"""The rules of evaluation, one module an aggregate."""
