"""Screens of « Notifications d’absence » and « Filtres »."""
