"""A small model of the rules: plain Python written from the guideline and the practice of the default preset. It
imports nothing of the services, so that they can be held against it.
"""
