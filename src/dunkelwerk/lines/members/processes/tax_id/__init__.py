"""Steuer-ID: a member tells the tax identification number."""
