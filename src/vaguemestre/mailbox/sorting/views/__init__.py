"""The screens of « Notifications d’absence » and « Filtres »."""
