"""Reads Antinode run directories and turns them into data frames, tables and figures."""
