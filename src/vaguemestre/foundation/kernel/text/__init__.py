"""Texts and their forms: labelled bytes, cells of tables, keywords, sizes and hours in French words."""
