"""Unfallfragebogen: a member answers what happened (§ 116 SGB X)."""
