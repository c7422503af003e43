"""The recognition service: cases, competence, decisions."""
