"""The letters of credit protection: for each template a content function (here) and a ``.typ`` file (beside it)."""
