"""A stand-in for an EventStoreDB node: a real gRPC server that speaks its protocol, for tests.

It reproduces what the product's documentation and source say of expected revisions, idempotence,
positions, filters and subscriptions. Tests against it check how our client behaves by that
protocol; they prove nothing about the product.
"""
