"""Case files into the register: what ``dunkelwerk load`` does. Start at ``loading``."""
