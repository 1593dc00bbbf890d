"""The forms of the portal, drawn by templates/forms/. The verbs check again what is asked for."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.forms.renderers import TemplatesSetting
from django.utils.text import slugify

from knowledge.linting import CODES
from knowledge.models import Collection, Membership, Role, Scope, Space, User

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
    SpaceModelForm = forms.ModelForm[Space]
    SpaceChoiceField = forms.ModelChoiceField[Space]
    CollectionChoiceField = forms.ModelChoiceField[Collection]
else:
    UserModelForm = SpaceModelForm = forms.ModelForm
    SpaceChoiceField = CollectionChoiceField = forms.ModelChoiceField


class Renderer(TemplatesSetting):
    """Every form and field of the portal, allauth's too, in our own markup."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class ProfileForm(UserModelForm):
    class Meta:
        model = User
        fields = ["name"]
        labels = {"name": "Full name"}
        help_texts = {"name": "As it should stand under your posts."}


class TokenForm(forms.Form):
    LIFETIMES = [("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("0", "Until I revoke it")]
    PURPOSES = [
        (Scope.READ, "Read posts, clone repositories"),
        (Scope.WRITE, "The same, and push and submit posts"),
        (Scope.ADMIN, "The same, and manage spaces and their members"),
    ]

    name = forms.CharField(
        label="What will use it?",
        max_length=100,
        help_text="A name to know it by when you look through the list: “laptop”, “nightly report”.",
    )
    scope = forms.ChoiceField(
        label="What may it do?",
        choices=PURPOSES,
        widget=forms.RadioSelect,
        initial=Scope.WRITE,
        help_text="Never more than you may do yourself.",
    )
    days = forms.TypedChoiceField(
        label="How long is it good for?",
        choices=LIFETIMES,
        coerce=lambda days: int(days) or None,
        initial="90",
    )

    def clean_scope(self) -> Scope:
        return Scope(self.cleaned_data["scope"])


class SpaceForm(SpaceModelForm):
    class Meta:
        model = Space
        fields = ["name", "description", "visibility"]
        labels = {"description": "What is it about?", "visibility": "Who can read it?"}
        help_texts = {"description": "One sentence, shown in the list of spaces."}
        widgets = {"description": forms.Textarea({"rows": 2}), "visibility": forms.RadioSelect}

    def clean_description(self) -> str:
        return " ".join(self.cleaned_data["description"].split())


class SpaceSettingsForm(SpaceForm):
    front = CollectionChoiceField(
        Collection.objects.none(),
        label="What does its page begin with?",
        required=False,
        empty_label="Its README and its newest posts",
        help_text="A collection, shown as “Start here” above the newest posts.",
    )
    blocking_findings = forms.MultipleChoiceField(
        label="What keeps a revision from being published?",
        choices=list(CODES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=(
            "Authors are told of all of these. What is ticked here must be mended, or let through by a"
            " maintainer, before anyone else can read the revision. What is published already stays."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["blocking_findings"] = self.instance.blocking_findings
        self.initial["front"] = self.instance.front_id
        offered = Collection.objects.filter(Q(space=self.instance) | Q(space=None)).order_by("title")
        self.fields["front"].queryset = offered  # type: ignore[attr-defined]  # a ModelChoiceField


class NewSpaceForm(SpaceForm):
    slug = forms.CharField(
        label="Address",
        max_length=64,
        required=False,
        help_text="Lower-case letters, digits, hyphens. It never changes. Left empty, it follows the name.",
        widget=forms.TextInput({"data-follows": "id_name", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["name", "slug", "description", "visibility"]

    class Meta(SpaceForm.Meta):
        help_texts = SpaceForm.Meta.help_texts | {"name": "A team, a project, a question that keeps coming."}

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        fields["slug"] = fields.get("slug") or slugify(fields.get("name", ""))[:64].strip("-")
        return fields


class MemberForm(forms.Form):
    username = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Role",
        choices=[
            (Role.READER, "Reader: reads and comments"),
            (Role.AUTHOR, "Author: also pushes and uploads"),
            (Role.REVIEWER, "Reviewer: also approves"),
            (Role.MAINTAINER, "Maintainer: also changes settings and members"),
        ],
        initial=Role.AUTHOR,
    )

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class RoleForm(forms.Form):
    """The role of one row in the list of members."""

    role = forms.ChoiceField(choices=Role.choices)

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = False  # there are many on the page
        if member:
            self.initial["role"] = member.role
            self.fields["role"].widget.attrs["aria-label"] = f"Role of {member.user.username}"

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class RemoveForm(forms.Form):
    """The button at the end of a row: whom to remove."""

    remove = forms.CharField(max_length=150)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class FilesField(forms.FileField):
    """One file or several; cleaned to a list. Empty ones are let through: the verb names them."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files:
            raise forms.ValidationError("Choose at least one file.", "required")
        return list(files)


class SpaceField(SpaceChoiceField):
    def label_from_instance(self, space: Space) -> str:
        return space.name


class UploadForm(forms.Form):
    folder = forms.CharField(
        max_length=900,
        required=False,
        help_text="Where in the space's repository, like <code>2026/pricing</code>. Empty: at the top.",
    )
    message = forms.CharField(
        label="What is new?",
        max_length=500,
        required=False,
        help_text="Shown in the history, as a commit's message is.",
    )
    file = FilesField()
    field_order = ["file", "space", "folder", "message"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = Space.objects.writable_by(user)
        self.fields["space"] = SpaceField(self.spaces, to_field_name="slug", empty_label=None)

    def clean_folder(self) -> str:
        return str(self.cleaned_data["folder"]).strip().strip("/")
