"""The host: runs any set of declared services in one process, or one each."""
