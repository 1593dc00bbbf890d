"""The forms of the portal. Their templates are in templates/forms/; what they ask for is checked again by the verbs."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Every form and field of the portal, allauth's too, in our own markup."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
