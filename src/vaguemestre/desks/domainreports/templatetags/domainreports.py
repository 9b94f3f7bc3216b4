"""`{% load domainreports %}`: figures of reports as they are written."""

from django import template

from vaguemestre.desks.domainreports.labels_fr import number_fr

register = template.Library()
register.filter("whole", number_fr)
