"""What the tests share: real servers of their own, and the house rules' checker."""
