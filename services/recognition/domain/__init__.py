"""The rules of recognition: cases and competence."""
