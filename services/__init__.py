"""The services, each alone in its folder; they see of each other what shared/contracts says."""
