"""The rules of notification: subscriptions, notices and their recipients."""
