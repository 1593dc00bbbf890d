"""What templates say of the data that posts rest on."""

from django import template

from portal import dataset_pages

register = template.Library()
register.simple_tag(dataset_pages.notes_of, name="data_notes")
register.simple_tag(dataset_pages.datasets_of, name="datasets_of")
register.filter("source_in_words", dataset_pages.source_in_words)
