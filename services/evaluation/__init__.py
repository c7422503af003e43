"""The evaluation service: rule sets, criteria, appraisals, public postings, councils, ballots."""
