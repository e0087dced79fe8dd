"""The form language of dialogues: what a type is, how it is read, filled in, checked, compared. Pure, no clock.

Source: docs/form-language.md.
"""
