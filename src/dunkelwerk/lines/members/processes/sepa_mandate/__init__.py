"""SEPA-Lastschriftmandat: a member allows the fund to collect from an account."""
