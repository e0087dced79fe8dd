"""Health-fund members as a line of business: tax ID, SEPA mandate, accident questionnaire. Rules: docs/members.md."""
